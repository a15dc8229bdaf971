/** Zoom's webhooks over a real D1: signed or refused, in any order and any number of times, the same presence. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ZoomSourceConfig } from "../../../src/config/define.ts";
import { zoomReceivers } from "../../../src/sources/zoom/receive.ts";
import { createSourceFeed } from "../../../src/store/source-feed.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";
import { MARKER } from "../../support/marker.ts";
import { type Random, random, seedOfRun } from "../../support/random.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const SECRET = "zoom-secret-token";
const SOURCE: ZoomSourceConfig = {
  path: "/sources/zoom",
  account: "acme",
  zoom_account_id: "AAAAAABBBB",
  secret: "ZOOM_SECRET",
};

let databases: Databases;
let conversation = 0;
beforeAll(async () => {
  databases = await openDatabases();
  await databases.consent.prepare("insert into accounts values ('acme', '[]', 'speaker', 1, 0)").run();
});
afterAll(() => databases.close());
beforeEach(() => {
  conversation++;
});

const uuid = () => `4444AAAiAAAAAiAi+/${conversation}==`;
const at = (second: number) => new Date(NOW - 7_200_000 + second * 1000).toISOString().replace(".000Z", "Z");

function event(name: string, object: object, more: object = {}): object {
  const full = {
    id: 1234567890,
    uuid: uuid(),
    host_id: "hoster",
    topic: MARKER,
    type: 2,
    start_time: at(0),
    ...object,
  };
  return { event: name, event_ts: NOW, payload: { account_id: "AAAAAABBBB", object: full }, ...more };
}

const started = () => event("meeting.started", {});
const ended = (second: number) => event("meeting.ended", { end_time: at(second) });
const joined = (session: string, person: string, second: number) =>
  event("meeting.participant_joined", {
    participant: {
      user_id: session,
      user_name: MARKER,
      id: person,
      email: person && `${person}@a.example`,
      join_time: at(second),
    },
  });
const left = (session: string, person: string, second: number) =>
  event("meeting.participant_left", {
    participant: { user_id: session, user_name: MARKER, id: person, email: "", leave_time: at(second) },
  });

interface Sent {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked member by member.
  readonly body: any;
}

interface Sending {
  readonly source?: ZoomSourceConfig;
  readonly timestamp?: string;
  readonly signature?: string | null;
  readonly method?: string;
  /** Whether as many failures as this are too many already. */
  readonly tooMany?: boolean;
}

const SETUP = { secretOf: () => SECRET, now: () => NOW, countFailure: async () => true };

async function send(body: object | string, { source = SOURCE, ...over }: Sending = {}): Promise<Sent> {
  const countFailure = async () => over.tooMany !== true;
  const deps = { ...SETUP, feed: createSourceFeed(databases.consent), countFailure };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const timestamp = over.timestamp ?? String(NOW / 1000);
  const signed = `v0=${createHmac("sha256", SECRET).update(`v0:${timestamp}:${text}`).digest("hex")}`;
  const signature = over.signature === undefined ? signed : over.signature;
  const method = over.method ?? "POST";
  const request = new Request("http://gate/sources/zoom", {
    method,
    headers: {
      "x-zm-request-timestamp": timestamp,
      ...(signature === null ? {} : { "x-zm-signature": signature }),
    },
    ...(method === "POST" ? { body: text } : {}),
  });
  const response = await zoomReceivers([source], deps).get(source.path)!(request);
  const answer = await response.text();
  expect(answer).not.toContain(MARKER);
  return { status: response.status, body: JSON.parse(answer) };
}

const rows = (sql: string) => databases.consent.prepare(sql).bind(uuid()).raw();
const presence = () =>
  rows(
    "select person, host, joined_at, left_at, session from presence where conversation_id = ? order by session, joined_at",
  );
const meeting = () => rows("select account_id, kind, started_at, ended_at from conversations where id = ?");
const ms = (second: number) => Date.parse(at(second));

describe("who sends", () => {
  test("Zoom asks whether the secret is known", async () => {
    const answer = await send({
      event: "endpoint.url_validation",
      payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" },
    });
    const encryptedToken = createHmac("sha256", SECRET).update("qgg8vlvZRS6UYooatFL8Aw").digest("hex");
    expect(answer).toEqual({ status: 200, body: { plainToken: "qgg8vlvZRS6UYooatFL8Aw", encryptedToken } });
  });

  test.each<[string, Sending]>([
    ["none", { signature: null }],
    ["of another secret", { signature: `v0=${"0".repeat(64)}` }],
    ["of another version", { signature: `v1=${"0".repeat(64)}` }],
    ["in upper case", { signature: `v0=${"A".repeat(64)}` }],
    ["301 s old", { timestamp: String(NOW / 1000 - 301) }],
    ["301 s ahead", { timestamp: String(NOW / 1000 + 301) }],
    ["in milliseconds", { timestamp: String(NOW) }],
    ["without a time", { timestamp: "" }],
  ])("signature %s: 401, and nothing is written", async (_, sending) => {
    expect(await send(started(), sending)).toMatchObject({ status: 401, body: { code: "signature_wrong" } });
    expect(await meeting()).toEqual([]);
  });

  test("too many of them: 429, while Zoom's own are kept", async () => {
    const wrong = { signature: `v0=${"0".repeat(64)}`, tooMany: true };
    expect(await send(started(), wrong)).toMatchObject({ status: 429, body: { code: "too_many_failures" } });
    expect(await meeting()).toEqual([]);
    expect((await send(started(), { tooMany: true })).status).toBe(200);
  });

  test.each([300, -300])("%i s away is near enough", async (seconds) => {
    expect((await send(started(), { timestamp: String(NOW / 1000 + seconds) })).status).toBe(200);
  });
});

describe("what is sent", () => {
  test.each<[string, () => object | string, number, string]>([
    ["no JSON", () => "{", 400, "json_invalid"],
    ["a member twice", () => '{"event":"meeting.started","event":"x"}', 400, "json_invalid"],
    [
      "another account's",
      () => ({ event: "meeting.started", payload: { account_id: "other" } }),
      403,
      "account_mismatch",
    ],
    ["no uuid", () => event("meeting.started", { uuid: "" }), 422, "event_incomplete"],
    ["a uuid with a space", () => event("meeting.started", { uuid: "a b" }), 422, "event_incomplete"],
    ["no instant", () => event("meeting.ended", {}), 422, "event_incomplete"],
    [
      "no session",
      () => event("meeting.participant_joined", { participant: { join_time: at(1) } }),
      422,
      "event_incomplete",
    ],
  ])("%s: refused", async (_, body, status, code) => {
    expect(await send(body())).toMatchObject({ status, body: { code } });
    expect(await meeting()).toEqual([]);
  });

  test("events of no interest are taken, and kept nowhere", async () => {
    expect(await send(event("recording.completed", { share_url: MARKER }))).toEqual({
      status: 200,
      body: { kept: false },
    });
    expect(await send({ event: "toString", payload: {} })).toMatchObject({ status: 200 });
    expect(await meeting()).toEqual([]);
  });

  test("GET: 405", async () => expect(await send("", { method: "GET" })).toMatchObject({ status: 405 }));

  test("an account that is not there, and a conversation of another kind", async () => {
    const source = { ...SOURCE, account: "nobody" };
    expect(await send(started(), { source })).toMatchObject({
      status: 422,
      body: { code: "account_unknown" },
    });
    expect(await send(started())).toMatchObject({ status: 200 });
    expect(await send(event("webinar.started", {}))).toMatchObject({
      status: 409,
      body: { code: "conversation_fixed" },
    });
    expect(await meeting()).toEqual([["acme", "meeting", ms(0), null]]);
  });
});

describe("what is kept", () => {
  test("a meeting, its host, a guest who is present and nobody else", async () => {
    for (const one of [
      started(),
      joined("1", "hoster", 0),
      joined("2", "", 5),
      left("2", "", 65),
      ended(600),
    ])
      await send(one);
    expect(await meeting()).toEqual([["acme", "meeting", ms(0), ms(600)]]);
    expect(await presence()).toEqual([
      ["hoster", 1, ms(0), ms(600), "1"],
      ["zoom-session:2", 0, ms(5), ms(65), "2"],
    ]);
  });

  test("people known by email; whoever left within the second was there", async () => {
    const source: ZoomSourceConfig = { ...SOURCE, person: "email" };
    await send(left("9", "hoster", 3), { source });
    await send(joined("9", "hoster", 3), { source });
    expect(await presence()).toEqual([["hoster@a.example", 1, ms(3), ms(3) + 1, "9"]]);
  });

  test("the account's revision grows with what changes, and with nothing else", async () => {
    const revision = () => databases.consent.prepare("select revision from accounts").first("revision");
    const seen = [await revision()];
    for (const one of [
      joined("1", "ann", 1),
      joined("1", "ann", 1),
      left("1", "ann", 9),
      left("1", "ann", 9),
    ]) {
      await send(one);
      seen.push(await revision());
    }
    const grown = seen.slice(1).map((now, index) => Number(now) > Number(seen[index]));
    expect(grown).toEqual([true, false, true, false]);
  });

  test("a store that is away: 503, to be sent again", async () => {
    const feed = createSourceFeed(databases.empty);
    const receive = zoomReceivers([SOURCE], { ...SETUP, feed }).get(SOURCE.path)!;
    const text = JSON.stringify(started());
    const timestamp = String(NOW / 1000);
    const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${timestamp}:${text}`).digest("hex")}`;
    const headers = { "x-zm-signature": signature, "x-zm-request-timestamp": timestamp };
    const answer = await receive(new Request("http://gate/", { method: "POST", headers, body: text }));
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  });
});

test("any order of the same events, each any number of times: the same presence", async () => {
  const seed = seedOfRun();
  console.log(`zoom permutations: TENFOUR_SEED=${seed}`);
  const dice = random(seed);
  for (let round = 0; round < 12; round++) {
    conversation++;
    const events = meetingOf(dice);
    for (const one of events) await send(one);
    const expected = [await meeting(), await presence()];
    const told = JSON.stringify(events);
    conversation++;
    const again = JSON.parse(told.replaceAll(`+/${conversation - 1}==`, `+/${conversation}==`)) as object[];
    for (const one of shuffled(dice, [...again, ...dice.some(again), ...dice.some(again)])) {
      expect((await send(one)).status).toBe(200);
    }
    expect([await meeting(), await presence()], `round ${round}, seed ${seed}: ${told}`).toEqual(expected);
  }
});

/** People who join, leave, come back, stay to the end, and use one session or several. */
function meetingOf(dice: Random): object[] {
  const events: object[] = [started()];
  let session = 0;
  for (const person of ["hoster", "ann", "bo", ""].slice(0, dice.int(1, 4))) {
    let second = dice.int(0, 20);
    session++;
    for (let stay = dice.int(1, 3); stay > 0; stay--) {
      if (dice.chance(0.7)) session++;
      events.push(joined(`${session}`, person, second));
      second += dice.int(0, 30);
      if (dice.chance(0.8)) events.push(left(`${session}`, person, second));
      second += dice.int(1, 10);
    }
  }
  if (dice.chance(0.7)) events.push(ended(dice.int(60, 120)));
  return events;
}

function shuffled<T>(dice: Random, list: readonly T[]): T[] {
  const order = list.map((one) => ({ one, place: dice.int(0, 1_000_000) }));
  return order.sort((a, b) => a.place - b.place).map(({ one }) => one);
}
