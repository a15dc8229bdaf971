/** What every path of /v1 refuses, and how it says so. `ask` checks that each error is a problem that echoes nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createControl } from "../../../src/control/control.ts";
import { MARKER } from "../../support/marker.ts";
import { type Fixture, given, NOON, openControl, publish, TOKEN } from "./fixture.ts";

let control: Fixture;
beforeAll(async () => {
  control = await openControl();
  await publish(control, "meeting-summary", "v1");
  await control.expect(201, "PUT", "/accounts/acme", {});
  await control.expect(201, "PUT", "/conversations/c1", { account: "acme", kind: "meeting" });
});
afterAll(() => control.databases.close());

/** Every path, with its methods and a good body for those that take one. */
const PATHS: readonly [path: string, allow: string, write?: [method: string, body: unknown]][] = [
  ["/accounts/acme", "GET, PUT", ["PUT", {}]],
  [
    "/accounts/acme/services/meeting-summary",
    "GET, PUT",
    ["PUT", { enabled: true, by: { person: "olga", role: "owner" } }],
  ],
  [
    "/notices",
    "GET, POST",
    [
      "POST",
      {
        service: "chat-compose",
        version: "v1",
        section: "1",
        locale: "en",
        text: "t",
        material: true,
        effective_at: "2026-01-01T00:00:00Z",
      },
    ],
  ],
  ["/accounts/acme/consents", "GET, POST", ["POST", given()]],
  ["/conversations/c1", "GET, PUT", ["PUT", { account: "acme", kind: "meeting" }]],
  [
    "/conversations/c1/consents",
    "GET, POST",
    ["POST", { service: "meeting-summary", answer: "refused", by: { person: "op", role: "operator" } }],
  ],
  ["/conversations/c1/participants/pat/join", "POST", ["POST", { host: false }]],
  ["/conversations/c1/participants/pat/leave", "POST", ["POST", { at: "2026-01-31T12:00:01Z" }]],
  [
    "/conversations/c1/participants/pat/notices",
    "GET, POST",
    ["POST", { service: "meeting-summary", notice_version: "v1" }],
  ],
  [
    "/conversations/c1/participants/pat/answers",
    "GET, POST",
    ["POST", { answer: "accepted", service: "meeting-summary", notice_version: "v1" }],
  ],
  ["/conversations/c1/participants/pat", "GET"],
  ["/accounts/acme/participants/pat", "GET"],
  ["/accounts/acme/participants/pat/objections", "POST", ["POST", {}]],
  ["/accounts/acme/participants/pat/objections/withdraw", "POST", ["POST", {}]],
  ["/accounts/acme/participants/pat/erasures", "POST"],
  [
    "/producer-keys",
    "GET, POST",
    ["POST", { producer: "p", accounts: ["*"], routes: ["train"], expires_at: "2026-03-01T00:00:00Z" }],
  ],
  ["/producer-keys/none", "GET, DELETE"],
  ["/producer-keys/none/rotate", "POST", ["POST", { overlap_s: 60 }]],
  ["/conversations/c1/consent-status", "GET"],
  ["/exchanges", "GET"],
  ["/exchanges/none", "GET"],
];
const WRITES = PATHS.flatMap(([path, , write]) => (write === undefined ? [] : [[path, ...write] as const]));

describe("who asks", () => {
  test.each([
    ["no token", undefined, "token_missing"],
    ["another token", `Bearer ${TOKEN.slice(0, -1)}x`, "token_wrong"],
    ["a longer token", `Bearer ${TOKEN}x`, "token_wrong"],
    ["another scheme", `Basic ${TOKEN}`, "token_wrong"],
    ["an empty token", "Bearer ", "token_wrong"],
    ["a marker", `Bearer ${MARKER}`, "token_wrong"],
  ])("%s: 401", async (_, authorization, code) => {
    for (const [path] of PATHS) {
      const headers: HeadersInit = authorization === undefined ? {} : { Authorization: authorization };
      const answer = await control.ask("GET", path, undefined, { headers });
      expect([answer.status, answer.body.code]).toEqual([401, code]);
      expect(answer.headers.get("WWW-Authenticate")).toContain("Bearer");
    }
  });

  test("a path that is not there is no different without a token", async () => {
    const answer = await control.ask("GET", "/nothing", undefined, { headers: {} });
    expect(answer.status).toBe(401);
  });

  test("secrets that cannot be used do not start", () => {
    expect(() => createControl({ ...control.deps, operatorToken: "" })).toThrow("TENFOUR_OPERATOR_TOKEN");
    expect(() => createControl({ ...control.deps, keySecret: "short" })).toThrow("TENFOUR_KEY_SECRET");
  });
});

describe("methods and paths", () => {
  test.each(PATHS)("%s: 405 with Allow", async (path, allow) => {
    for (const method of ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]) {
      if (allow.split(", ").includes(method)) continue;
      const answer = await control.ask(method, path);
      expect([method, answer.status, answer.headers.get("Allow")]).toEqual([method, 405, allow]);
    }
  });

  test.each(["/", "/nothing", "/accounts", "/accounts/", "/accounts//consents", "/accounts/acme/nothing"])(
    "%s: 404",
    async (path) => {
      const { status, body } = await control.ask("GET", path);
      expect([status, body.code]).toEqual([404, "not_found"]);
    },
  );

  test.each(PATHS)("%s: a query nobody reads is refused", async (path, allow) => {
    const [method] = allow.split(", ") as [string];
    const { status, body } = await control.ask(method, `${path}?${MARKER}=${MARKER}`);
    expect([status, body.code]).toEqual([400, "field_unknown"]);
  });

  test.each([
    ["a space", "/accounts/a%20b"],
    ["not ASCII", "/accounts/%C3%A9"],
    ["a control character", "/accounts/a%00b"],
    ["257 characters", `/accounts/${"a".repeat(257)}`],
    ["a marker and a space", `/accounts/${MARKER}%20`],
    ["a person", "/conversations/c1/participants/a%20b"],
    ["a service", "/accounts/acme/services/a%20b"],
  ])("an id in the path with %s: 400", async (_, path) => {
    const { status, body } = await control.ask("GET", path);
    expect([status, body.code]).toEqual([400, "id_invalid"]);
  });

  test.each([
    ["GET", "/accounts/none"],
    ["GET", "/accounts/none/consents"],
    ["POST", "/accounts/none/consents"],
    ["PUT", "/accounts/none/services/meeting-summary"],
    ["GET", "/accounts/acme/services/chat-compose"],
    ["GET", "/conversations/none"],
    ["GET", "/conversations/none/consents"],
    ["POST", "/conversations/none/participants/pat/join"],
    ["GET", "/conversations/c1/participants/nobody"],
    ["POST", "/accounts/none/participants/pat/objections"],
    ["GET", "/producer-keys/none"],
    ["DELETE", "/producer-keys/none"],
    ["GET", "/exchanges/none"],
  ])("%s %s: 404", async (method, path) => {
    const body = WRITES.find(([known]) => known === path.replace("none", "acme"))?.[2];
    const answer = await control.ask(
      method,
      path,
      method === "PUT" || method === "POST" ? (body ?? {}) : undefined,
    );
    expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
  });
});

describe.each(WRITES)("the body of %s", (path, method, good) => {
  const send = (body: string, headers: Record<string, string> = {}) =>
    control.ask(method, path, body, {
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json", ...headers },
    });

  test("an unknown field is named, its value is not", async () => {
    const { status, body } = await control.ask(method, path, { ...(good as object), surprise: MARKER });
    expect([status, body.code, body.field]).toEqual([400, "field_unknown", "surprise"]);
  });

  test("an unknown field whose name may be anything is not named", async () => {
    const { status, body } = await control.ask(method, path, { ...(good as object), [MARKER]: 1 });
    expect([status, body.code, body.field]).toEqual([400, "field_unknown", "(unnamed)"]);
  });

  test("__proto__ is refused", async () => {
    const { status } = await send(JSON.stringify(good).replace("{", '{"__proto__":{},').replace(",}", "}"));
    expect(status).toBe(400);
  });

  test.each([
    "{",
    `{"a":"${MARKER}`,
    "[]",
    "null",
    "1",
    `"${MARKER}"`,
    '{"a":1,"a":2}',
    '{"a":1}x',
    "\ufeff{}",
  ])("%j: 400", async (text) => {
    const { status, body } = await send(text);
    expect([status, body.code]).toEqual([400, "json_invalid"]);
  });

  test("empty: refused, but where nothing need be said", async () => {
    const { status } = await send("");
    const sayable = /\/(join|leave|objections|withdraw)$/.test(path);
    expect(sayable ? status !== 400 : status === 400).toBe(true);
  });

  test("bytes that are not UTF-8: 400", async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
    const { status, body } = await control.ask(method, path, undefined, { headers, body: bytes });
    expect([status, body.code]).toEqual([400, "json_invalid"]);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1",
    "application/jsonp",
  ])("%s: 415", async (type) => {
    expect((await send(JSON.stringify(good), { "Content-Type": type })).status).toBe(415);
  });

  test("a content coding: 415", async () => {
    expect((await send(JSON.stringify(good), { "Content-Encoding": "gzip" })).status).toBe(415);
  });

  test("too many bytes, declared or not: 413", async () => {
    const big = JSON.stringify({ a: "x".repeat(1_048_576) });
    const stream = new Blob([big]).stream();
    const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
    expect((await send(big)).status).toBe(413);
    expect((await send("{}", { "Content-Length": "1048577" })).status).toBe(413);
    const init = { headers, body: stream, duplex: "half" };
    expect((await control.ask(method, path, undefined, init as RequestInit)).status).toBe(413);
  });

  test("each member of another type: 400 that names it", async () => {
    for (const name of Object.keys(good as object)) {
      const { status, body } = await control.ask(method, path, {
        ...(good as object),
        [name]: { a: MARKER },
      });
      expect([name, status, body.field?.split(".")[0]]).toEqual([name, 400, name]);
      expect(body.code).toMatch(/^field_/);
    }
  });
});

describe("fields", () => {
  const key = { producer: "p", accounts: ["*"], routes: ["train"] };
  test.each([
    "2026-01-31",
    "2026-01-31T12:00:00",
    "2026-02-30T12:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T12:60:00Z",
    "2026-01-31T12:00:60Z",
    "2026-1-31T12:00:00Z",
    "2026-01-31 12:00:00Z",
    "2026-01-31T12:00:00+24:00",
    "1969-12-31T23:59:59Z",
    "Sat, 31 Jan 2026 12:00:00 GMT",
    "1769860800000",
    MARKER,
  ])("%j is no instant", async (expires_at) => {
    const { status, body } = await control.ask("POST", "/producer-keys", { ...key, expires_at });
    expect([status, body.code, body.field]).toEqual([400, "field_invalid", "expires_at"]);
  });

  test.each([
    ["2026-02-01T12:00:00Z", "2026-02-01T12:00:00.000Z"],
    ["2026-02-01t12:00:00.999999999z", "2026-02-01T12:00:00.000Z"],
    ["2026-02-01T12:00:00+05:30", "2026-02-01T06:30:00.000Z"],
    ["2028-02-29T00:00:00-08:00", "2028-02-29T08:00:00.000Z"],
  ])("%s is %s", async (sent, stored) => {
    const body = await control.expect(201, "POST", "/producer-keys", { ...key, expires_at: sent });
    expect(body.expires_at).toBe(stored);
  });

  test.each([
    ["kinds", [], "field_invalid"],
    ["kinds", ["audio", "audio"], "field_invalid"],
    ["kinds", ["audio", MARKER], "field_invalid"],
    ["answer", "maybe", "field_invalid"],
    ["answer", undefined, "field_missing"],
    ["by", undefined, "field_missing"],
    ["by", { person: "olga" }, "field_missing"],
    ["by", { person: "olga", role: "king" }, "field_invalid"],
    ["by", { person: "ol ga", role: "owner" }, "field_invalid"],
    ["by", { person: "olga", role: "owner", extra: MARKER }, "field_unknown"],
    ["notice_version", undefined, "field_missing"],
    ["service", "", "field_invalid"],
    ["expires_at", 1, "field_invalid"],
  ])("%s: %j", async (name, value, code) => {
    const answer = await control.ask("POST", "/accounts/acme/consents", { ...given(), [name]: value });
    expect([answer.status, answer.body.code, answer.body.field.split(".")[0]]).toEqual([400, code, name]);
  });
});

describe("when it cannot be read or written", () => {
  test("consent state: 503 with Retry-After, without SQL or ids", async () => {
    const empty = await openControl();
    await empty.databases.consent.exec("DROP TABLE consents");
    await empty.databases.consent.exec("ALTER TABLE accounts RENAME TO gone");
    for (const [path, method, body] of WRITES.filter(([path]) => path.includes("acme"))) {
      const answer = await empty.ask(method, path, body);
      expect([answer.status, answer.body.code, answer.headers.get("Retry-After")]).toEqual([
        503,
        "state_unavailable",
        "5",
      ]);
      expect(answer.text).not.toMatch(/select|insert|no such table|acme/i);
    }
    await empty.databases.close();
  });

  test("evidence: 503", async () => {
    const broken = createControl({
      ...control.deps,
      evidence: {
        entries: () => Promise.reject(new Error(MARKER)),
        recent: () => Promise.reject(new Error(MARKER)),
      },
    });
    for (const path of ["/v1/exchanges", "/v1/exchanges/x"]) {
      const response = await broken.request(path, { headers: { Authorization: `Bearer ${TOKEN}` } });
      expect(response.status).toBe(503);
      expect(await response.text()).not.toContain(MARKER);
    }
  });

  test("a bug: 500, and nothing of it is told", async () => {
    const bugs: string[] = [];
    const broken = createControl({
      ...control.deps,
      onBug: (name) => bugs.push(name),
      now: () => {
        throw new TypeError(MARKER);
      },
    });
    const response = await broken.request("/v1/accounts/bug", {
      method: "PUT",
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
      body: "{}",
    });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain(MARKER);
    expect(bugs).toEqual(["TypeError"]);
  });
});

test("nothing that was refused was written", async () => {
  control.clock.now = NOON;
  const { results } = await control.databases.consent.prepare("SELECT count(*) AS n FROM consents").all();
  expect(results).toEqual([{ n: 0 }]);
});
