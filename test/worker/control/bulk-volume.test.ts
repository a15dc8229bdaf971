/** Many lines: streamed, constant, and as fast as a file of that size should be. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ACCOUNTS, type BulkInstance, noonPlus, openBulk, SERVICE } from "./bulk-instance.ts";

const LINES = 20_000;

let instance: BulkInstance;
beforeAll(async () => {
  instance = await openBulk();
});
afterAll(() => instance.databases.close());

/** A file that is never whole in memory: a third of a MiB at a time. */
function file(line: (index: number) => object): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const until = Math.min(next + 1000, LINES);
      let text = "";
      for (; next < until; next++) text += `${JSON.stringify(line(next))}\n`;
      controller.enqueue(encoder.encode(text));
      if (next === LINES) controller.close();
    },
  });
}

const conversation = (index: number) => ({
  type: "conversation",
  account: ACCOUNTS[index % 2],
  conversation: `talk-${index}`,
  kind: "meeting",
  started_at: noonPlus(0),
});
const host = (index: number) => ({
  type: "presence",
  conversation: `talk-${index}`,
  person: `host-${index % 97}`,
  host: true,
  joined_at: noonPlus(0),
});
const consent = (index: number) => ({
  account: ACCOUNTS[index % 2],
  conversation: `talk-${index}`,
  service: SERVICE,
  answer: "given",
  kinds: ["audio", "chat", "transcript"],
  notice_version: "v1",
  by: { person: `host-${index % 97}`, role: "host" },
  at: noonPlus(1),
  evidence_sha256: "ab".repeat(32),
});

test(`${LINES} conversations, their hosts and their consents; the same file again changes nothing`, async () => {
  const query = "?source=crm";
  const started = performance.now();
  for (const line of [conversation, host]) {
    const { summary } = await instance.import("participants", file(line), { query });
    expect(summary).toMatchObject({ complete: true, lines: LINES, applied: LINES, unchanged: 0, refused: 0 });
  }
  const { summary } = await instance.import("consents", file(consent), { query });
  console.log(`${LINES} lines three times in ${Math.round(performance.now() - started)} ms`);
  expect(summary).toMatchObject({ complete: true, lines: LINES, applied: LINES, unchanged: 0, refused: 0 });
  const before = await instance.databases.consent
    .prepare("select sum(revision) as sum from accounts")
    .first();
  const again = await instance.import("consents", file(consent), { query });
  expect(again.summary).toMatchObject({
    complete: true,
    lines: LINES,
    applied: 0,
    unchanged: LINES,
    refused: 0,
  });
  expect(
    await instance.databases.consent.prepare("select sum(revision) as sum from accounts").first(),
  ).toEqual(before);
});
