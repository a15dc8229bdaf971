/** A hundred thousand records, about 100 MB, a third of them denied, through `strip`: every byte accounted for, at constant memory. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchResident } from "../../../bench/resident.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { MARKER } from "../../support/marker.ts";
import { content, denied, seedWorld, worldConfig } from "../../support/world.ts";

const RECORDS = 100_000;
const WARM_UP_RECORDS = 2_000;
const GROWTH_MAX = 64 * 1024 * 1024;
const PIECE = 65_536;

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
afterAll(() => rig.dispose());

const isDenied = (i: number): boolean => i % 3 === 1;
const padding = "w".repeat(820);
const lineOf = (i: number): string =>
  isDenied(i) ? denied({ id: `r${i}`, more: MARKER + padding }) : content({ id: `r${i}`, more: padding });
/** What strip leaves. */
const leftOf = (i: number): string => {
  if (!isDenied(i)) return lineOf(i);
  const { type, id, account, conversation, kind, captured_at } = JSON.parse(lineOf(i));
  return JSON.stringify({ type, id, account, conversation, kind, captured_at });
};

function* pieces(records: number): Generator<string> {
  let piece = "";
  for (let i = 0; i < records; i++) {
    piece += `${lineOf(i)}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

test("every allowed line arrives as it was, every denied one as service data, in order", async () => {
  const send = (records: number) =>
    rig.send({
      path: "/ingest/strip",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      pieces: pieces(records),
      timeoutMs: 240_000,
    });
  // What the runtime takes to compile and to serve at all is not what a large body adds.
  await send(WARM_UP_RECORDS);
  rig.upstreams.main.reset();
  const memory = watchResident();
  const answer = await send(RECORDS);
  const grownBytes = memory.stop();
  const expected = createHash("sha256");
  let bytes = 0;
  for (let i = 0; i < RECORDS; i++) {
    const line = `${leftOf(i)}\n`;
    expected.update(line);
    bytes += line.length;
  }
  const strippedCount = Math.floor((RECORDS + 1) / 3);
  const [received] = await rig.upstreams.main.until(1);
  expect(received!.body.includes(MARKER)).toBe(false);
  expect([received!.complete, received!.bytes, received!.sha256]).toEqual([
    true,
    bytes,
    expected.digest("hex"),
  ]);
  expect([answer.status, answer.headers["tenfour-outcome"]]).toEqual([
    200,
    `forwarded=${RECORDS - strippedCount}, stripped=${strippedCount}, dropped=0`,
  ]);
  expect(await rig.operator("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`)).toMatchObject({
    outcome: "forwarded",
    counts: { forwarded: RECORDS - strippedCount, stripped: strippedCount, dropped: 0, rejected: 0 },
    settled: RECORDS,
    sent: { bytes },
  });
  expect(grownBytes).not.toBeNull();
  console.log(`resident memory of the gate grew by ${(grownBytes! / 1024 / 1024).toFixed(1)} MiB`);
  expect(grownBytes!).toBeLessThan(GROWTH_MAX);
});
