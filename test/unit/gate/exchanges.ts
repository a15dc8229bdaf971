/** An exchange over a database of evidence that the test turns. */
import { afterEach, beforeEach, vi } from "vitest";
import type { Decided, Entry, Finding } from "../../../src/evidence/entries.ts";
import { type Ending, Exchange } from "../../../src/gate/exchange.ts";
import type { Verdicts } from "../../../src/gate/verdicts.ts";
import type { Window } from "../../../src/gate/windows.ts";
import { recordRoute } from "./sound-routes.ts";
import { DIGEST_KEY } from "./windows-of.ts";

export const AT = 1_790_000_000_000;

export const on = {
  now: AT,
  clockAway: false,
  /** What was asked to be appended, call by call, and what comes of each call. */
  appended: [] as Entry[][],
  append: async (_call: number): Promise<void> => {},
  onAppend: (_entries: readonly Entry[]): void => {},
  exchange: undefined as unknown as Exchange,
};

export const opened = (cacheMsMax: number | null = null): Exchange =>
  new Exchange(
    {
      evidence: {
        append: (entries) => {
          on.onAppend(entries);
          on.appended.push(structuredClone(entries) as Entry[]);
          return on.append(on.appended.length);
        },
      },
      digestSecret: DIGEST_KEY,
      now: () => {
        if (on.clockAway) throw new Error("no clock");
        return on.now;
      },
      routes: { digest: "digest of the configuration", cacheMsMax },
    },
    recordRoute(),
    { id: "producer", keyId: "key_1", accounts: ["*"] },
  );

/** A new one for each test of the file. */
export function beginExchanges(): void {
  beforeEach(() => {
    Object.assign(on, {
      now: AT,
      clockAway: false,
      appended: [],
      append: async () => {},
      onAppend: () => {},
    });
    on.exchange = opened();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

export const finding = (outcome: Finding["outcome"], more: Partial<Finding> = {}): Finding => ({
  account: "acme",
  conversation: "m1",
  outcome,
  reason: "consented",
  consents: ["c1"],
  ...more,
});
export const FORWARDED = finding("forwarded");
export const DROPPED = finding("dropped");
export const STRIPPED = finding("stripped");

export const windowAt = (firstIndex: number): Window => ({ firstIndex }) as unknown as Window;
export const verdicts = (findings: readonly Finding[], ...found: number[]): Verdicts => ({
  found: Int32Array.from(found),
  findings,
  replacements: new Map(),
});
export const soon = () => new Promise((resolve) => setTimeout(resolve));
export const flat = () => on.appended.flat();
export const decisions = () => flat().filter(({ type }) => type === "decided") as Decided[];
export const ENDING: Ending = {
  outcome: "forwarded",
  fault: null,
  upstreamStatus: 200,
  upstreamComplete: true,
};
