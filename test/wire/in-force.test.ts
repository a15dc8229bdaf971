/** Contract, section 6: what people decide is in force at once, a running stream included; and how many look-ups that takes. */
import { drizzle } from "drizzle-orm/d1";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { consents, participantAnswers } from "../../schema/consent/tables.ts";
import { type Rig, startRig } from "../support/gate.ts";
import { inPieces } from "../support/raw-client.ts";
import { content, seedWorld, telemetry, worldConfig } from "../support/world.ts";

let rig: Rig;
let key: string;
const headers = () => ({ authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" });
const lookups = async (): Promise<number> =>
  (await rig.counted()).log.filter(({ binding, sql }) => binding === "CONSENT" && sql.includes("json_each"))
    .length;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(() => rig.dispose());

async function answerOf(person: string, answer: string): Promise<void> {
  const db = drizzle((await rig.database("CONSENT")) as unknown as D1Database);
  const at = Date.now();
  await db.insert(participantAnswers).values({
    id: `${answer}-${at}-${Math.random()}`,
    accountId: "acme",
    conversationId: "m1",
    person,
    service: "meeting-summary",
    answer,
    noticeVersion: answer === "accepted" ? "2026-01" : "",
    at,
    since: at,
    recordedBy: "test",
  });
  await raise();
}

/** As every writer of the control plane does, in the same batch. */
async function raise(): Promise<void> {
  await (await rig.database("CONSENT")).exec("UPDATE accounts SET revision = revision + 1 WHERE id = 'acme'");
}

test("an objection stops what has not left of a stream whose upstream has stalled", async () => {
  const lines = 6_000;
  const body = Buffer.from(
    Array.from(
      { length: lines },
      (_, i) => `${content({ id: `r${i}`, speaker: "ana", text: "x".repeat(800) })}\n`,
    ).join(""),
  );
  rig.upstreams.main.next({ stall: { afterBytes: 1, forMs: 2_500 } });
  const sent = rig.send({
    path: "/ingest/drop",
    headers: headers(),
    pieces: inPieces(body, 65_536),
    timeoutMs: 60_000,
  });
  await expect.poll(() => rig.upstreams.main.begun, { timeout: 5_000 }).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await answerOf("ana", "objected");
  const answer = await sent;
  const [received] = await rig.upstreams.main.until(1);
  const left = received!.body
    .toString()
    .split("\n")
    .filter((one) => one !== "").length;
  const outcome = answer.headers["tenfour-outcome"];
  expect(left).toBeLessThan(lines);
  if (answer.status === 200) {
    expect(received!.complete).toBe(true);
    expect(outcome).toBe(`forwarded=${left}, stripped=0, dropped=${lines - left}`);
  } else {
    // Its length had been declared, so that items were left out of it cannot be told to the upstream: it is cut instead.
    expect([answer.status, JSON.parse(answer.text).code, received!.complete]).toEqual([
      403,
      "consent_changed",
      false,
    ]);
  }
  await answerOf("ana", "objection_withdrawn");
});

test("a withdrawal between two windows of a stream keeps the second back", async () => {
  const db = drizzle((await rig.database("CONSENT")) as unknown as D1Database);
  async function* pieces() {
    yield `${content({ id: "before" })}\n`;
    await expect.poll(() => rig.upstreams.main.begun, { timeout: 5_000 }).toBe(1);
    const withdrawn = {
      service: "meeting-summary",
      answer: "withdrawn",
      noticeVersion: "",
      covers: "{}",
      expiresAt: null,
    };
    await db.insert(consents).values({
      id: "w-acme",
      accountId: "acme",
      conversationId: "",
      person: "root",
      role: "owner",
      at: Date.now(),
      recordedBy: "test",
      ...withdrawn,
    });
    await raise();
    // Windows that follow each other within this may share what was read.
    await new Promise((resolve) => setTimeout(resolve, 250));
    yield `${content({ id: "after" })}\n`;
  }
  const answer = await rig.send({ path: "/ingest/drop", headers: headers(), pieces: pieces() });
  expect([answer.status, answer.headers["tenfour-outcome"]]).toEqual([
    200,
    "forwarded=1, stripped=0, dropped=1",
  ]);
  expect(rig.upstreams.main.received[0]?.body.toString()).toBe(`${content({ id: "before" })}\n`);
});

test("service data asks nothing of consent", async () => {
  await rig.send({ path: "/ingest/telemetry", headers: headers(), pieces: [`${telemetry()}\n`] });
  await rig.faults({});
  await rig.send({
    path: "/ingest/telemetry",
    headers: headers(),
    pieces: [`${telemetry()}\n`.repeat(20_000)],
  });
  expect(await lookups()).toBe(0);
});

test("ten thousand keys take one look-up a window", async () => {
  const body = Buffer.from(
    Array.from({ length: 10_000 }, (_, i) => `${content({ conversation: `c${i}` })}\n`).join(""),
  );
  await rig.faults({});
  const before = Date.now();
  const answer = await rig.send({
    path: "/ingest/drop",
    headers: headers(),
    pieces: [body],
    framing: body.length,
  });
  const seconds = Math.ceil((Date.now() - before) / 1_000);
  const id = answer.headers["tenfour-exchange"];
  const decided = await (await rig.database("EVIDENCE"))
    .prepare(
      "SELECT count(DISTINCT json_extract(body, '$.items[0]')) AS windows FROM entries WHERE exchange = ? AND type = 'decided'",
    )
    .bind(id)
    .first<number>("windows");
  expect(answer.headers["tenfour-outcome"]).toBe("forwarded=0, stripped=0, dropped=10000");
  expect(await lookups()).toBeLessThanOrEqual(decided! + seconds);
});

test("while nothing changes, a stream that stalls asks for revisions only, and is not recorded anew", async () => {
  const body = Buffer.from(`${content({ text: "x".repeat(800) })}\n`.repeat(6_000));
  rig.upstreams.main.next({ stall: { afterBytes: 300_000, forMs: 1_700 } });
  await rig.faults({});
  const answer = await rig.send({
    path: "/ingest/serve",
    headers: headers(),
    pieces: inPieces(body, 65_536),
    timeoutMs: 60_000,
  });
  expect(answer.headers["tenfour-outcome"]).toBe("forwarded=6000, stripped=0, dropped=0");
  const rounds = await roundsOf(answer.headers["tenfour-exchange"]!);
  const { log } = await rig.counted();
  const asked = log.filter(({ binding }) => binding === "CONSENT");
  const looked = asked.filter(({ sql }) => sql.includes("named(id, whole)"));
  expect(looked.length).toBeLessThanOrEqual(rounds.length);
  expect(asked.length).toBeGreaterThan(looked.length);
  expect(rounds.filter((round) => round > 0)).toEqual([]);
});

async function roundsOf(exchange: string): Promise<number[]> {
  const rounds = await (await rig.database("EVIDENCE"))
    .prepare("SELECT body ->> '$.round' AS round FROM entries WHERE exchange = ? AND type = 'decided'")
    .bind(exchange)
    .all<{ round: number }>();
  return rounds.results.map(({ round }) => round);
}
