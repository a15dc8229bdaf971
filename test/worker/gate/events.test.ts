/**
 * Clients nobody here wrote, and their users' words: CloudEvents in its three modes, Segment's and RudderStack's SDKs. Each takes the gate for
 * the endpoint it knows: it sends once, hears success, and what arrives is what may.
 */
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { Analytics, type Context } from "@segment/analytics-node";
import { CloudEvent, emitterFor, HTTP, type Message, Mode } from "cloudevents";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RecordRouteConfig, TenfourConfig } from "../../../src/config/define.ts";
import { cloudEvents } from "../../../src/config/presets/cloud-events.ts";
import {
  CUSTOMER_DATA_BATCH,
  rudderEvents,
  segmentEvents,
} from "../../../src/config/presets/customer-data.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { CAPTURED_AT, seedKey, seedWorld, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;

const PERSON = { account: "/context/groupId", conversation: "/context/room", speaker: "/userId" } as const;
const CHAT = { ...PERSON, kind: { fixed: "chat" }, captured_at: { pointer: "/context/at" } } as const;
const USAGE = { "Meeting Ended": { "/properties/duration_s": "number" } } as const;

function config(url: string): TenfourConfig {
  const world = worldConfig(url);
  const like = world.routes.find(({ id }) => id === "strip") as RecordRouteConfig;
  const route = (id: string, more: Partial<RecordRouteConfig>): RecordRouteConfig => ({
    ...like,
    id,
    path: `/ingest/${id}`,
    ...more,
  });
  const analytics = { formats: ["json"], wrapper: CUSTOMER_DATA_BATCH } as const;
  const events: Partial<RecordRouteConfig> = {
    formats: ["cloudevents", "cloudevents-batch", "cloudevents-binary"],
    shape: cloudEvents({
      account: "/account",
      conversation: "/data/room",
      speaker: "/data/by",
      kind: { fixed: "transcript" },
      service_data: { cpu: { "/data/cpu": "number" } },
    }),
  };
  return {
    ...world,
    routes: [
      ...world.routes,
      route("events", events),
      route("events-strict", { ...events, on_deny: "reject" }),
      route("segment", { ...analytics, shape: segmentEvents({ ...CHAT, usage: USAGE }) }),
      route("segment-strict", { ...analytics, shape: segmentEvents(CHAT), on_deny: "reject" }),
      route("rudder", {
        ...analytics,
        shape: rudderEvents({ ...CHAT, usage: USAGE }),
        json_sent_as: ["application/x-www-form-urlencoded"],
      }),
    ],
  };
}

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => config(main) });
  await seedWorld(rig);
  key = await seedKey(
    rig,
    "events",
    ["*"],
    ["events", "events-strict", "segment", "segment-strict", "rudder"],
  );
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

/** What arrived, of which nothing may be the words of those who did not consent. */
function received() {
  const { received } = rig.upstreams.main;
  for (const { rawHead, body } of received) assertNoMarker([rawHead, body], "the upstream");
  return received;
}

describe("CloudEvents", () => {
  const event = (over: object = {}, whose: object = { account: "acme" }) =>
    new CloudEvent({
      id: "e-1",
      source: "/rooms/m1",
      type: "com.example.transcript",
      time: CAPTURED_AT,
      data: { room: "m1", by: "bo", text: "consented words" },
      ...whose,
      ...over,
    });
  const denied = event({
    id: "e-2",
    subject: MARKER,
    note: MARKER,
    data: { room: "m1", by: "dee", text: MARKER },
  });
  const cpu = event({ id: "e-3", type: "cpu", data: { cpu: 0.5 } }, {});

  const answers: Response[] = [];
  const send = async (message: Message, { route = "events" } = {}): Promise<Response> => {
    const answer = await fetch(`${rig.url}/ingest/${route}`, {
      method: "POST",
      headers: { ...(message.headers as Record<string, string>), authorization: `Bearer ${key}` },
      body: message.body as string,
    });
    answers.push(answer);
    return answer;
  };
  const emit = async (mode: Mode, one: CloudEvent<unknown>, route = "events") => {
    await emitterFor((message) => send(message, { route }), { mode })(one);
    const answer = answers.pop()!;
    return [answer.status, answer.headers.get("tenfour-outcome")];
  };
  const arrived = () =>
    received().map(({ headers, body }) => HTTP.toEvent({ headers: { ...headers }, body: body.toString() }));

  test("structured: one is sent on as it is, one as its context, one as service data", async () => {
    expect(await emit(Mode.STRUCTURED, event())).toEqual([200, "forwarded=1, stripped=0, dropped=0"]);
    expect(await emit(Mode.STRUCTURED, denied)).toEqual([200, "forwarded=0, stripped=1, dropped=0"]);
    expect(await emit(Mode.STRUCTURED, cpu)).toEqual([200, "forwarded=1, stripped=0, dropped=0"]);
    const [whole, context, telemetry] = arrived() as CloudEvent<unknown>[];
    expect(received()[0]!.body.toString()).toBe(HTTP.structured(event()).body);
    expect(received()[0]!.headers["content-type"]).toBe("application/cloudevents+json");
    expect(whole!.data).toEqual(event().data);
    expect([context!.id, context!.source, context!.type, context!.time]).toEqual([
      "e-2",
      "/rooms/m1",
      "com.example.transcript",
      CAPTURED_AT,
    ]);
    expect([context!.data, context!.subject, context!.note]).toEqual([undefined, undefined, undefined]);
    expect(telemetry!.data).toEqual({ cpu: 0.5 });
  });

  test("batched: a batch stays one, without what was denied", async () => {
    const headers = { "content-type": "application/cloudevents-batch+json" };
    const unattributed = event({ id: "e-4", data: { text: MARKER } }, {});
    const answer = await send({ headers, body: JSON.stringify([event(), denied, cpu, unattributed]) });
    expect([answer.status, answer.headers.get("tenfour-outcome")]).toEqual([
      200,
      "forwarded=2, stripped=1, dropped=1",
    ]);
    expect(received()[0]!.headers["content-type"]).toBe(headers["content-type"]);
    const [batch] = arrived() as unknown as CloudEvent<unknown>[][];
    expect(batch!.map(({ id, data }) => [id, data])).toEqual([
      ["e-1", event().data],
      ["e-2", undefined],
      ["e-3", { cpu: 0.5 }],
    ]);
  });

  test("binary: one is sent on with its body as it is, one not at all, one as service data", async () => {
    expect(await emit(Mode.BINARY, event({ note: MARKER }))).toEqual([
      200,
      "forwarded=1, stripped=0, dropped=0",
    ]);
    expect(await emit(Mode.BINARY, denied)).toEqual([200, "forwarded=0, stripped=0, dropped=1"]);
    expect(await emit(Mode.BINARY, cpu)).toEqual([200, "forwarded=1, stripped=0, dropped=0"]);
    const [whole, telemetry, ...more] = arrived() as CloudEvent<unknown>[];
    expect(more).toEqual([]);
    expect(received()[0]!.body.toString()).toBe(HTTP.binary(event()).body);
    expect([whole!.id, whole!.type, whole!.time, whole!.data]).toEqual([
      "e-1",
      "com.example.transcript",
      CAPTURED_AT,
      event().data,
    ]);
    expect([whole!.account, whole!.note]).toEqual([undefined, undefined]);
    expect([telemetry!.id, telemetry!.data]).toEqual(["e-3", { cpu: 0.5 }]);
  });

  test("binary: a sound in base64 in JSON is nobody's, as headers and a body it is whose they say", async () => {
    const sound = event({ data: new Uint8Array(Buffer.from(MARKER)), datacontenttype: "audio/wav" });
    for (const mode of [Mode.STRUCTURED, Mode.BINARY]) {
      const [status, outcome] = await emit(mode, sound);
      expect([status, String(outcome).includes("forwarded=0")]).toEqual([200, true]);
    }
  });

  test("where one denied item rejects the body, it is refused in every mode, and sent on if none is", async () => {
    for (const mode of [Mode.STRUCTURED, Mode.BINARY]) {
      expect(await emit(mode, denied, "events-strict")).toEqual([
        403,
        "forwarded=0, stripped=0, dropped=0, rejected=1",
      ]);
      expect(received()).toEqual([]);
    }
    for (const mode of [Mode.STRUCTURED, Mode.BINARY])
      expect(await emit(mode, event(), "events-strict")).toEqual([200, "forwarded=1, stripped=0, dropped=0"]);
    expect(arrived()).toHaveLength(2);
  });

  test("binary: what is larger than a record may be is refused, however it comes", async () => {
    const large = event({ data: { room: "m1", by: "bo", text: MARKER.repeat(100_000) } });
    expect(await emit(Mode.BINARY, large)).toEqual([413, "forwarded=0, stripped=0, dropped=0"]);
    expect(received()).toEqual([]);
  });

  test.each([
    ["an array announced as one", "application/cloudevents+json", (one: string) => `[${one}]`],
    ["one announced as an array", "application/cloudevents-batch+json", (one: string) => one],
  ])("%s is refused", async (_, type, wrap) => {
    const body = wrap(HTTP.structured(event()).body as string);
    const answer = await send({ headers: { "content-type": type }, body });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, "event_form"]);
    expect(received()).toEqual([]);
  });
});

/** Who says what: bo accepted, dee was never asked. */
const context = (over: object = {}) => ({ groupId: "acme", room: "m1", at: CAPTURED_AT, ...over });
const CALLS = [
  { event: "Said", userId: "bo", properties: { text: "consented words" }, context: context() },
  {
    event: "Said",
    userId: "dee",
    properties: { text: MARKER },
    context: context({ page: { url: `https://x/?q=${MARKER}` } }),
  },
  {
    event: "Meeting Ended",
    userId: "dee",
    properties: { duration_s: 1830, transcript: MARKER },
    context: context(),
  },
  { event: "Said", userId: "bo", properties: { text: MARKER }, context: context({ groupId: "nobody" }) },
];
const REFUSING = {
  segment: context({ consent: { categoryPreferences: { Advertising: true, Training: false } } }),
  rudder: context({ consentManagement: { provider: "custom", deniedConsentIds: ["training"] } }),
};

interface Batch {
  readonly batch: readonly Readonly<Record<string, unknown>>[];
}

function batches(): Batch[] {
  return received().map(({ body, headers }) => {
    expect([headers["content-type"], headers["content-encoding"]]).toEqual(["application/json", undefined]);
    expect(headers.authorization).toBeUndefined();
    const text = body.toString();
    expect(text.includes(key) || text.includes("writeKey")).toBe(false);
    return JSON.parse(text);
  });
}

function holdsWhatMay({ batch }: Batch): void {
  expect(batch.map(({ type, event, properties }) => ({ type, event, properties }))).toEqual([
    { type: "track", event: "Said", properties: { text: "consented words" } },
    { type: "track", event: undefined, properties: undefined },
    { type: "track", event: "Meeting Ended", properties: { duration_s: 1830 } },
  ]);
  expect(new Set(batch.map(({ messageId }) => messageId)).size).toBe(3);
}

describe("Segment", () => {
  const sent = async (calls: readonly object[], writeKey = key, route = "segment") => {
    const analytics = new Analytics({
      writeKey,
      host: rig.url,
      path: `/ingest/${route}`,
      flushAt: calls.length,
      flushInterval: 60_000,
      maxRetries: 3,
    });
    const requests: unknown[] = [];
    analytics.on("http_request", (request) => requests.push(request));
    const errors: unknown[] = [];
    analytics.on("error", (error) => errors.push(error.code));
    const delivered: Promise<Context>[] = calls.map(
      (call) => new Promise((resolve) => analytics.track(call as never, (_, ctx) => resolve(ctx!))),
    );
    const failures = (await Promise.all(delivered)).filter((ctx) => ctx.failedDelivery()).length;
    await analytics.closeAndFlush();
    return { requests: requests.length, failures, errors };
  };
  const once = { requests: 1, failures: 0, errors: [] };

  test("sends once, hears success, and what arrives is what may", async () => {
    expect(await sent(CALLS)).toEqual(once);
    const [batch, ...more] = batches();
    expect(more).toEqual([]);
    holdsWhatMay(batch!);
    expect(Object.keys(batch!).sort()).toEqual(["batch", "sentAt"]);
  });

  test("hears success when nothing was left", async () => {
    expect(
      await sent([{ ...CALLS[0], properties: { text: MARKER }, context: context({ groupId: "nobody" }) }]),
    ).toEqual(once);
    expect(received()).toEqual([]);
  });

  test("a consent object that denies wins over the consent there is", async () => {
    expect(await sent([{ ...CALLS[0], properties: { text: MARKER }, context: REFUSING.segment }])).toEqual(
      once,
    );
    expect(batches()[0]!.batch[0]).not.toHaveProperty("properties");
  });

  test("does not send again what is refused", async () => {
    const refused = await sent(CALLS, "no-key-of-ours");
    expect([refused.requests, refused.failures]).toEqual([1, CALLS.length]);
    const rejected = await sent(CALLS, key, "segment-strict");
    expect([rejected.requests, rejected.failures]).toEqual([1, CALLS.length]);
    expect(received()).toEqual([]);
  });
});

describe.each([
  ["gzip under another type", true],
  ["plain", false],
])("RudderStack, %s", (_, gzip) => {
  const sent = async (calls: readonly object[], writeKey = key) => {
    let retries = 0;
    const errors: unknown[] = [];
    const client = new RudderAnalytics(writeKey, {
      dataPlaneUrl: rig.url,
      path: "/ingest/rudder",
      flushAt: 100,
      flushInterval: 60_000,
      gzip,
      logLevel: "silent",
      retryCount: 3,
      axiosRetryConfig: { onRetry: () => retries++ },
      errorHandler: (error: unknown) =>
        errors.push((error as { response?: { status: number } }).response?.status),
    });
    for (const call of calls) (client as unknown as { track(message: object): void }).track(call);
    await client.flush();
    return { retries, errors };
  };
  const once = { retries: 0, errors: [] };

  test("sends once, hears success, and what arrives is what may", async () => {
    expect(await sent(CALLS)).toEqual(once);
    const all = batches();
    // It sends its first event by itself.
    expect(all).toHaveLength(2);
    holdsWhatMay({ batch: all.flatMap(({ batch }) => batch) });
    expect(Object.keys(all[0]!).sort()).toEqual(["batch", "sentAt", "timestamp"]);
  });

  test("a consent object that denies wins over the consent there is", async () => {
    expect(await sent([{ ...CALLS[0], properties: { text: MARKER }, context: REFUSING.rudder }])).toEqual(
      once,
    );
    expect(batches()[0]!.batch[0]).not.toHaveProperty("properties");
  });

  test("does not send again what is refused", async () => {
    expect(await sent(CALLS, "no-key-of-ours")).toEqual({ retries: 0, errors: [401, 401] });
    expect(received()).toEqual([]);
  });
});
