/** Gates broken on purpose, each in one place, and built in memory: whoever looks for faults has to find these. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { GateParts } from "./gate-parts.ts";

export interface Break {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The seed to begin with: rare ones would take some hundreds from 0, where most are found within fifty. */
  readonly from: number;
}

const ROOT = join(import.meta.dirname, "..", "..");

/** The gate with one line of it changed. Throws if the line is not there any more. */
export async function brokenGate({ name, file, find, replace }: Break): Promise<GateParts> {
  const path = join(ROOT, "src", file);
  const source = readFileSync(path, "utf8");
  if (source.split(find).length !== 2) throw new Error(`${name}: "${find}" is not there once in src/${file}`);
  const built = await build({
    entryPoints: [join(ROOT, "test/simulator/gate-parts.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    plugins: [
      {
        name: "break",
        setup(one) {
          one.onLoad({ filter: /\.ts$/ }, (loaded) =>
            loaded.path === path
              ? { contents: source.replace(find, () => replace), loader: "ts" }
              : undefined,
          );
        },
      },
    ],
  });
  const folder = mkdtempSync(join(tmpdir(), "tenfour-broken-"));
  try {
    const module = join(folder, "gate.mjs");
    writeFileSync(module, built.outputFiles[0]!.contents);
    return ((await import(pathToFileURL(module).href)) as { REAL_GATE: GateParts }).REAL_GATE;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const BREAKS: readonly Break[] = [
  {
    name: "a client that breaks off has ended",
    file: "gate/body.ts",
    find: 'throw new Fault(this.#ended ?? "client_cut");',
    replace: "return { done: true as const, value: undefined };",
    from: 258,
  },
  {
    name: "what is decided anew goes unrecorded",
    file: "gate/judging.ts",
    find: "    await this.record(again);\n",
    replace: "",
    from: 11,
  },
  {
    name: "evidence that could not be written stops nothing",
    file: "gate/exchange.ts",
    find: '      throw new Fault("evidence_unavailable");',
    replace: "      this.#acknowledged = 1e9;\n      this.#pending.length = 0;",
    from: 42,
  },
  {
    name: "separators go missing",
    file: "gate/slices.ts",
    find: "    this.#started = true;",
    replace: "    this.#started = i > 0;",
    from: 0,
  },
  {
    name: "evidence is not waited for",
    file: "gate/exchange.ts",
    find: "    await this.#appending;\n",
    replace: "    quiet(this.#appending);\n",
    from: 0,
  },
  {
    name: "entries that could not be written are forgotten",
    file: "gate/exchange.ts",
    find: "    await within(this.#intake.append(this.#pending.slice()), LIMITS.d1_ms_max, () => {",
    replace:
      "    await within(this.#intake.append(this.#pending.splice(0, count)), LIMITS.d1_ms_max, () => {",
    from: 0,
  },
  {
    name: "a refused consent counts as given",
    file: "decision/consent.ts",
    find: 'if (consent.answer !== "given")',
    replace: 'if (consent.answer !== "given" && consent.answer !== "refused")',
    from: 44,
  },
  {
    name: "an objection stops nothing",
    file: "decision/participants.ts",
    find: "    if (overlap(objection, instantOf(now)) || overlap(objection, span)) return true;\n",
    replace: "",
    from: 1,
  },
  {
    name: "state is never asked about again",
    file: "gate/freshness.ts",
    find: "return this.#ages.read() - checkedAt > this.#ageMsMax;",
    replace: "return checkedAt < 0;",
    from: 11,
  },
  {
    name: "a check that says nothing changed is believed without asking",
    file: "gate/consent-state.ts",
    find: "    if (holds(this.#latest.revisions, revisions)) return this.#latest.at;",
    replace: "    return this.#latest.at;",
    from: 81,
  },
  {
    name: "time alone changes no verdict",
    file: "gate/judging.ts",
    find: "if (unchangedAt !== null && sameVerdicts(anew, verdicts))",
    replace: "if (unchangedAt !== null)",
    from: 120,
  },
  {
    name: "a revoked key goes on",
    file: "gate/consent-state.ts",
    find: 'if (result.keyRevoked) throw new Fault("key_revoked");',
    replace: "",
    from: 120,
  },
  {
    name: "a failed body is ended instead of cut",
    file: "gate/upstream.ts",
    find: "    this.#abort.abort();\n",
    replace: "    if (this.#writer !== null) quiet(this.#writer.close());\n",
    from: 0,
  },
  {
    name: "nothing is cut",
    file: "gate/upstream.ts",
    find: "    this.#abort.abort();\n",
    replace: "",
    from: 0,
  },
  {
    name: "an early answer is taken for the end",
    file: "gate/upstream.ts",
    find: "      this.#answeredBeforeEnd = this.answeredEarly;\n    }",
    replace: "    }",
    from: 197,
  },
  {
    name: "a clock that goes back makes young what was old",
    file: "base/clock.ts",
    find: `    if (now + this.#ahead < this.#last) this.#ahead = this.#last + LONG_MS - now;
    this.#ahead = Math.max(this.#ahead, this.#least - now);
`,
    replace: "",
    from: 1_032,
  },
  {
    name: "a clock that goes back is not seen while nobody asks",
    file: "gate/conclude.ts",
    find: "  exchange.ages.watch(LIMITS.clock_read_ms);\n",
    replace: "",
    from: 6_045,
  },
  {
    name: "a redirect is an answer",
    file: "gate/upstream.ts",
    find: "if (response.status >= 300 && response.status < 400)",
    replace: "if (response.status > 600)",
    from: 21,
  },
  {
    name: "counts are one too many",
    file: "gate/exchange.ts",
    find: "times[verdicts.found[i]!]! += 1;",
    replace: "times[verdicts.found[i]!]! += i === 2 ? 2 : 1;",
    from: 0,
  },
  {
    name: "a record that is recognised says what another said",
    file: "gate/columns.ts",
    find: "number === 0 || this.#numbers[place] !== number",
    replace: "!(this.#numbers.some((known) => known > 0) && (this.#placed[place] = 0) === 0)",
    from: 0,
  },
  {
    name: "what is in doubt is not said",
    file: "gate/exchange.ts",
    find: "    this.#inDoubt = window.firstIndex + to;\n",
    replace: "",
    from: 31,
  },
  {
    name: "an unconfirmed end counts as settled",
    file: "evidence/entries.ts",
    find: 'export const UNCONFIRMED: readonly ExchangeOutcome[] = ["aborted", "unknown"];',
    replace: "export const UNCONFIRMED: readonly ExchangeOutcome[] = [];",
    from: 118,
  },
  {
    name: "success is told when the end could not be recorded",
    file: "gate/conclude.ts",
    find: "  if (!recorded) {\n",
    replace: "  if (false) {\n",
    from: 3,
  },
  {
    name: "a damaged gzip body has ended",
    file: "gate/body.ts",
    find: 'throw this.#fault ?? new Fault("coding_invalid");',
    replace: "return { done: true as const, value: undefined };",
    from: 91,
  },
  {
    name: "an idle sender is waited for",
    file: "gate/body.ts",
    find: "LIMITS.body_idle_ms_max",
    replace: "1e12",
    from: 373,
  },
  {
    name: "a window's buffer is used again too soon",
    file: "gate/records.ts",
    find: "      if (!window.last) coming = quiet(this.#prepare());",
    replace: "      this.#windows.recycle(window);\n      if (!window.last) coming = quiet(this.#prepare());",
    from: 0,
  },
  {
    name: "strip leaves what it should remove",
    file: "rules/verdict.ts",
    find: "const stripped = mayStrip(rules, decision.reason) ? strip(stays?.turns) : null;",
    replace:
      'const stripped = mayStrip(rules, decision.reason) && decision.reason !== "participant_objected" ? strip() : null;\n  if (decision.reason === "participant_objected") return { outcome: "forwarded", reason, basis: [], replacement: null };',
    from: 1,
  },
  {
    name: "the last window of a held body is sent unchecked",
    file: "gate/judging.ts",
    find: "const rejected = this.denied.total > 0;",
    replace: "const rejected = this.denied.total > 1;",
    from: 216,
  },
  {
    name: "a signal is not read",
    file: "gate/records.ts",
    find: 'readSignal(request.headers.get("content-usage"))',
    replace: '"none" as const',
    from: 46,
  },
  {
    name: "D1 is asked without end",
    file: "gate/exchange.ts",
    find: 'if (this.#d1Calls > LIMITS.exchange_d1_calls_max) throw new Fault("exchange_d1_calls");',
    replace: "",
    from: 7,
  },
];
