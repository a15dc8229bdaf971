/**
 * The fault matrix: each step of the pipeline × what can go wrong with it, in real workerd, with the sender and the upstream on raw sockets.
 * `docs/faults.md` is written from the same cells.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Exchange } from "../../src/evidence/exchange.ts";
import { type DeafServer, startDeafServer } from "../support/deaf-server.ts";
import { type FaultTrack, manyAtOnce, openFaultTrack, type Seen } from "../support/fault-track.ts";
import { assertNoMarker } from "../support/marker.ts";
import { type Ending, FAULTS, type Happens, MATRIX_LIMITS, OPAQUE, STEPS } from "./matrix/cell.ts";
import { CELLS } from "./matrix/cells.ts";

const CASES = CELLS.filter((cell): cell is Happens => "what" in cell).map((cell, i) => ({
  ...cell,
  name: `cell-${i}`,
  title: `${STEPS[cell.step]} ${FAULTS[cell.fault]}: ${cell.what}`,
}));
/** Sent afterwards: what lags is written with the next that comes. */
const NEXT = ["next-0", "next-1", "next-2"];
const AT_ONCE = 12;
const TIMEOUT_MS = 25_000;

let track: FaultTrack;
let deaf: DeafServer;
let seen: ReadonlyMap<string, Seen>;
let exchanges: ReadonlyMap<string, Exchange>;

beforeAll(async () => {
  deaf = await startDeafServer();
  track = await openFaultTrack({
    limits: MATRIX_LIMITS,
    config: (config) => {
      const drop = config.routes.find(({ id }) => id === "drop")!;
      if ("opaque" in drop) throw new Error("the drop route reads records");
      const like = (id: string, more: object) => ({ ...drop, id, path: `/ingest/${id}`, ...more });
      return {
        ...config,
        upstreams: {
          ...config.upstreams,
          closed: { url: "http://127.0.0.1:1/train", purposes: ["train"] },
          deaf: { url: `${deaf.url}/train`, purposes: ["train"] },
        },
        routes: [
          ...config.routes,
          like("tiny", { limits: { body_bytes_max: 4_096 } }),
          like("closed", { upstream: "closed" }),
          like("deaf", { upstream: "deaf" }),
        ],
      };
    },
  });
  await track.expect([...CASES.map(({ name }) => name), ...NEXT]);
  const send = async ({ name, given }: (typeof CASES)[number]) => {
    const one = await track.send({ route: "drop", timeoutMs: TIMEOUT_MS, ...given, name }, 8_000);
    return [name, one] as const;
  };
  // What the isolate keeps for all requests is not to see two clocks at once.
  const [others, shifted] = [false, true].map((is) =>
    CASES.filter(({ given }) => (given.plan?.clock !== undefined) === is),
  );
  seen = new Map([
    ...(await manyAtOnce(others!, AT_ONCE, send)),
    ...(await manyAtOnce(shifted!, AT_ONCE, send)),
  ]);
  for (const name of NEXT) {
    await track.send({ ...OPAQUE, route: "opaque", name }, 1_000);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
  }
  exchanges = await track.exchanges();
}, 120_000);
afterAll(async () => {
  await track?.dispose();
  await deaf?.close();
});

test.each(CASES)("$title", ({ name, ends }) => {
  const one = seen.get(name)!;
  expect(wordsOf(one, exchanges.get(name) ?? null, ends)).toEqual({ complete: undefined, ...ends });
  assertNoMarker([...(one.received === null ? [] : [one.received.body])], "the upstream");
});

function wordsOf({ answer, status, received }: Seen, exchange: Exchange | null, expected: Ending): Ending {
  const told =
    status === 0
      ? "nothing"
      : answer === null
        ? `${status} unfinished`
        : !answer.complete
          ? `${status} cut`
          : [status, codeOf(answer.text)].filter((part) => part !== null).join(" ");
  const outcome = answer?.headers["tenfour-outcome"];
  const numbers = outcome === undefined ? null : [...outcome.matchAll(/=(\d+)/g)].map((found) => found[1]);
  const arrived =
    received === null
      ? "not called"
      : received.complete === null
        ? "unread"
        : received.complete
          ? "whole"
          : "cut";
  return {
    told: oneOf(expected.told, told),
    counts: expected.counts === "many" ? "many" : (numbers?.join(" ") ?? null),
    evidence:
      exchange === null ? null : [exchange.outcome, exchange.fault].filter((word) => word !== null).join(" "),
    complete: exchange?.upstream_complete ?? (exchange === null ? undefined : null),
    upstream: oneOf(expected.upstream, arrived),
  };
}

/** What was expected, where it leaves open what was found; else what was found. */
function oneOf<Expected extends string, Found extends string>(
  expected: Expected,
  found: Found,
): Expected | Found {
  return expected.split(", ").includes(found) ? expected : found;
}

function codeOf(text: string): string | null {
  try {
    return JSON.parse(text).code ?? null;
  } catch {
    return null;
  }
}
