/**
 * Builds a worker that can be struck at its steps, or that has shorter limits. For tests only: what is deployed is built without.
 * A step is wrapped where it is defined, so nothing in the gate knows of it.
 */
import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import type { LIMITS } from "../../src/config/limits.ts";
import type { Point } from "./fault-plan.ts";

export type Limits = { readonly [Name in keyof typeof LIMITS]?: number };

/** The function or method that is the step. */
const DEFINED: Readonly<Record<Point, readonly [module: string, name: string]>> = {
  admit: ["gate/admit.ts", "admit"],
  identify: ["gate/identify.ts", "identify"],
  read: ["gate/body.ts", "Body.prototype.read"],
  cut: ["content/ndjson.ts", "NdjsonFraming.prototype.cut"],
  lookup: ["gate/consent-state.ts", "ConsentState.prototype.lookUp"],
  recheck: ["gate/consent-state.ts", "ConsentState.prototype.unchangedAt"],
  decide: ["gate/verdicts.ts", "Judge.prototype.verdicts"],
  record: ["gate/exchange.ts", "Exchange.prototype.record"],
  send: ["gate/upstream.ts", "Upstream.prototype.write"],
  answer: ["gate/upstream.ts", "Upstream.prototype.finish"],
  close: ["gate/exchange.ts", "Exchange.prototype.close"],
  reply: ["gate/reply.ts", "PLAIN_ANSWERS.forwarded"],
  opaque: ["gate/upstream.ts", "Upstream.prototype.sendWhole"],
  opaque_evidence: ["gate/lagging-evidence.ts", "LaggingEvidence.prototype.add"],
};

export const faultPoints: Plugin = {
  name: "fault-points",
  setup(build) {
    build.onLoad({ filter: /\/src\/(gate|content)\/[a-z-]+\.ts$/ }, ({ path }) => {
      const wrapped = Object.entries(DEFINED).filter(([, [module]]) => path.endsWith(`/src/${module}`));
      if (wrapped.length === 0) return null;
      const lines = wrapped.map(
        ([point, [, name]]) =>
          `${name} = ((step) => function (...args) { return globalThis.atPoint("${point}", step, this, args); })(${name});`,
      );
      return { loader: "ts", contents: [readFileSync(path, "utf8"), ...lines].join("\n") };
    });
  },
};

/** The limits of `src/config/limits.ts`, but for those given. */
export function shorterLimits(limits: Limits): Plugin {
  return {
    name: "shorter-limits",
    setup(build) {
      build.onLoad({ filter: /\/src\/config\/limits\.ts$/ }, ({ path }) => ({
        loader: "ts",
        contents: `${readFileSync(path, "utf8")}\nObject.assign(LIMITS, ${JSON.stringify(limits)});`,
      }));
    },
  };
}
