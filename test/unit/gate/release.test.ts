/** What is handed on, in which order: fresh before on record, on record before it leaves, and settled once it has. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { Finding } from "../../../src/evidence/entries.ts";
import type { Exchange } from "../../../src/gate/exchange.ts";
import type { Freshness } from "../../../src/gate/freshness.ts";
import type { Judged } from "../../../src/gate/judging.ts";
import { Release } from "../../../src/gate/release.ts";
import type { Upstream } from "../../../src/gate/upstream.ts";
import type { Verdicts } from "../../../src/gate/verdicts.ts";
import type { Window } from "../../../src/gate/windows.ts";
import { windowsOf } from "./windows-of.ts";

const OUTCOMES = ["forwarded", "stripped", "dropped"] as const;
type Outcome = (typeof OUTCOMES)[number];
const FINDINGS = OUTCOMES.map((outcome) => ({ outcome }) as unknown as Finding);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const short = (bytes: Uint8Array) => (bytes.length > 60 ? `${bytes.length} bytes` : text(bytes));

let log: string[];
/** What each look at the state's age comes to, in turn; beyond: the same as before. */
let turns: (((judged: Judged, from: number) => Judged) | null)[];
let allAnew: (windows: readonly Judged[]) => readonly Judged[];

const exchange = {
  handing: ({ firstIndex }: Window, to: number) => log.push(`handing ${firstIndex} to ${to}`),
  settle: ({ firstIndex }: Window, _: Verdicts, from: number, to: number) =>
    log.push(`settled ${firstIndex} from ${from} to ${to}`),
  sent: {
    begin: (_: Window, unchanged: boolean) => log.push(`begin ${unchanged ? "as it came" : "changed"}`),
    add: (bytes: Uint8Array) => log.push(`sent ${short(bytes)}`),
    done: () => log.push("done"),
    diverge: () => log.push("diverge"),
  },
} as unknown as Exchange;
const upstream = {
  write: async (bytes: Uint8Array, length: number | null) =>
    void log.push(`write ${short(bytes)} of ${length}`),
  sendWhole: (bytes: Uint8Array) => void log.push(`whole ${short(bytes)}`),
} as unknown as Upstream;
const freshness = {
  of: async (judged: Judged, from: number) => {
    log.push(`fresh from ${from}`);
    return turns.shift()?.(judged, from) ?? judged;
  },
  ofAll: async (windows: readonly Judged[]) => {
    log.push("all fresh");
    return allAnew(windows);
  },
} as unknown as Freshness;

const LIMITS_HERE = LIMITS as Record<string, number>;
const usual = { ...LIMITS_HERE };
afterEach(() => {
  Object.assign(LIMITS_HERE, usual);
});
beforeEach(() => {
  log = [];
  turns = [];
  allAnew = (windows) => windows;
});

const verdictsOf = (...outcomes: Outcome[]): Verdicts => ({
  found: Int32Array.from(outcomes, (outcome) => OUTCOMES.indexOf(outcome)),
  findings: FINDINGS,
  replacements: new Map(
    outcomes.flatMap((outcome, i) =>
      outcome === "stripped" ? [[i, new TextEncoder().encode("{}")] as const] : [],
    ),
  ),
});
const judgedAs = (window: Window, ...outcomes: Outcome[]): Judged =>
  ({ window, verdicts: verdictsOf(...outcomes) }) as unknown as Judged;

async function body(pieces: readonly string[], format: "json" | "ndjson" = "ndjson") {
  const { windows, framing } = await windowsOf(pieces, format);
  return { windows, release: new Release(exchange, upstream, framing, freshness) };
}
const LINES = '{"a":1}\n{"b":2}\n{"c":3}\n';
/** A line of so many bytes, and what ends it. */
const line = (bytes: number) => `{"x":"${"x".repeat(bytes - 9)}"}\n`;
const [BIG, BIGGER] = [`{"x":"${"x".repeat(200_000)}"}`, `{"x":"${"x".repeat(210_000)}"}`];

describe("a window of a stream", () => {
  test("leaves once it is fresh and its record durable; then the rest is looked at, and there is none", async () => {
    const { windows, release } = await body([LINES]);
    await release.stream(judgedAs(windows[0]!, "forwarded", "forwarded", "forwarded"));
    expect(log).toEqual([
      "begin as it came",
      "fresh from 0",
      "handing 0 to 3",
      'sent {"a":1}\n{"b":2}\n{"c":3}',
      'write {"a":1}\n{"b":2}\n{"c":3} of null',
      "settled 0 from 0 to 3",
      "fresh from 3",
      "settled 0 from 3 to 3",
      "done",
    ]);
    log = [];
    await release.end();
    expect(log).toEqual(["sent \n", "write \n of null"]);
  });

  test("of which nothing leaves is settled and nothing else", async () => {
    const { windows, release } = await body([LINES]);
    await release.stream(judgedAs(windows[0]!, "dropped", "dropped", "dropped"));
    expect(log).toEqual(["begin changed", "fresh from 0", "settled 0 from 0 to 3", "done"]);
  });

  test("is looked at again before each slice, and what is denied by then does not leave", async () => {
    const { windows, release } = await body([`${BIG}\n${BIGGER}\n{"c":3}\n`]);
    const window = windows[0]!;
    turns = [null, () => judgedAs(window, "forwarded", "dropped", "forwarded")];
    await release.stream(judgedAs(window, "forwarded", "forwarded", "forwarded"));
    expect(log).toEqual([
      "begin as it came",
      "fresh from 0",
      "handing 0 to 2",
      expect.stringMatching(/^sent 4\d{5} bytes$/),
      expect.stringMatching(/^write 4\d{5} bytes of null$/),
      "settled 0 from 0 to 2",
      "fresh from 2",
      "diverge",
      "handing 0 to 3",
      'sent \n{"c":3}',
      'write \n{"c":3} of null',
      "settled 0 from 2 to 3",
      "fresh from 3",
      "settled 0 from 3 to 3",
      "done",
    ]);
  });

  test("that is judged anew before its first slice leaves by the new verdicts", async () => {
    const { windows, release } = await body([LINES]);
    turns = [() => judgedAs(windows[0]!, "dropped", "forwarded", "stripped")];
    await release.stream(judgedAs(windows[0]!, "forwarded", "forwarded", "forwarded"));
    expect(log.slice(0, 6)).toEqual([
      "begin as it came",
      "fresh from 0",
      "diverge",
      "handing 0 to 3",
      'sent {"b":2}\n{}',
      'write {"b":2}\n{} of null',
    ]);
  });

  test("that is only found unchanged leaves as it came", async () => {
    const { windows, release } = await body([LINES]);
    turns = [(judged) => ({ ...judged, checkedAt: 1 })];
    await release.stream(judgedAs(windows[0]!, "forwarded", "forwarded", "forwarded"));
    expect(log).not.toContain("diverge");
  });
});

describe("a body at hand", () => {
  test("a small one leaves at once, on record before and settled after", async () => {
    const { windows, release } = await body([LINES]);
    expect(await release.whole([judgedAs(windows[0]!, "forwarded", "dropped", "stripped")])).toBe(true);
    expect(log).toEqual([
      "all fresh",
      "handing 0 to 3",
      'sent {"a":1}\n{}\n',
      'whole {"a":1}\n{}\n',
      "settled 0 from 0 to 3",
    ]);
  });

  test("an array is opened, closed and measured with its separators", async () => {
    const { windows, release } = await body(['[{"a":1},{"b":2},{"c":3}]'], "json");
    await release.whole([judgedAs(windows[0]!, "forwarded", "dropped", "forwarded")]);
    expect(log[2]).toBe('sent [{"a":1},{"c":3}]');
  });

  test("of several windows, all in one", async () => {
    const filling = line(LIMITS.window_bytes_min / 4);
    const { windows, release } = await body([filling.repeat(4), LINES]);
    expect(windows.length).toBe(2);
    await release.whole([
      judgedAs(windows[0]!, "dropped", "dropped", "dropped", "dropped"),
      judgedAs(windows[1]!, "forwarded", "forwarded", "stripped"),
    ]);
    expect(log).toEqual([
      "all fresh",
      "handing 4 to 3",
      'sent {"a":1}\n{"b":2}\n{}\n',
      'whole {"a":1}\n{"b":2}\n{}\n',
      "settled 0 from 0 to 4",
      "settled 4 from 0 to 3",
    ]);
  });

  test("of several windows, each with something of it", async () => {
    LIMITS_HERE.window_records_max = 2;
    const { windows, release } = await body([LINES]);
    await release.whole([judgedAs(windows[0]!, "forwarded", "stripped"), judgedAs(windows[1]!, "forwarded")]);
    expect(log.at(-3)).toBe('whole {"a":1}\n{}\n{"c":3}\n');
  });

  test("of which nothing leaves: the upstream is not called, and all is settled", async () => {
    const { windows, release } = await body([LINES]);
    expect(await release.whole([judgedAs(windows[0]!, "dropped", "dropped", "dropped")])).toBe(false);
    expect(log).toEqual(["all fresh", "settled 0 from 0 to 3"]);
  });

  test("goes by what is fresh, not by what it was", async () => {
    const { windows, release } = await body([LINES]);
    allAnew = ([one]) => [judgedAs(one!.window, "dropped", "dropped", "dropped")];
    expect(await release.whole([judgedAs(windows[0]!, "forwarded", "forwarded", "forwarded")])).toBe(false);
    expect(log).toEqual(["all fresh", "settled 0 from 0 to 3"]);
  });

  test.each([
    [LIMITS.slice_bytes_max, "whole"],
    [LIMITS.slice_bytes_max + 1, "write"],
  ])("of %i bytes: one %s, with its length", async (bytes, how) => {
    const { windows, release } = await body([line(bytes)]);
    await release.whole([judgedAs(windows[0]!, "forwarded")]);
    const written = log.filter((entry) => /^(write|whole)/.test(entry));
    expect(written[0]).toBe(
      how === "whole" ? `whole ${bytes} bytes` : `write ${bytes - 1} bytes of ${bytes}`,
    );
    expect(written.slice(1)).toEqual(how === "whole" ? [] : [`write \n of ${bytes}`]);
  });

  describe("a long one, under way", () => {
    const LONG = `${BIG}\n${BIGGER}\n{"c":3}\n{"d":4}\n`;
    const BEFORE = ["forwarded", "forwarded", "forwarded", "stripped"] as const;

    test.each<[name: string, after: readonly Outcome[], cut: boolean]>([
      ["to the same", BEFORE, false],
      ["to less", ["forwarded", "forwarded", "dropped", "stripped"], true],
      ["to what is left of one", ["forwarded", "forwarded", "stripped", "stripped"], true],
      ["to more", ["forwarded", "forwarded", "forwarded", "forwarded"], true],
    ])("judged anew %s: it is cut if its bytes are others", async (_, after, cut) => {
      const { windows, release } = await body([LONG]);
      turns = [null, () => judgedAs(windows[0]!, ...after)];
      const sent = release.whole([judgedAs(windows[0]!, ...BEFORE)]);
      if (cut) await expect(sent).rejects.toMatchObject({ code: "consent_changed" });
      else expect(await sent).toBe(true);
      expect(log.some((entry) => entry.includes('{"c":3}\n{}'))).toBe(!cut);
    });

    test("judged anew to as much, stripped to another length: it is cut", async () => {
      const { windows, release } = await body([LONG]);
      const other = judgedAs(windows[0]!, ...BEFORE);
      const longer = new Map([[3, new TextEncoder().encode('{"more":1}')]]);
      turns = [null, () => ({ ...other, verdicts: { ...other.verdicts, replacements: longer } })];
      await expect(release.whole([judgedAs(windows[0]!, ...BEFORE)])).rejects.toMatchObject({
        code: "consent_changed",
      });
    });

    test("in a stream, without a length, it goes on with what is left", async () => {
      const { windows, release } = await body([LONG]);
      turns = [null, () => judgedAs(windows[0]!, "forwarded", "forwarded", "dropped", "forwarded")];
      await release.stream(judgedAs(windows[0]!, ...BEFORE));
      expect(log.at(-5)).toBe('write \n{"d":4} of null');
    });
  });
});
