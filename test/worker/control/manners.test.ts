/** The API's manners: colliding changes, pages, keys that rotate, limits. */
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { verifyProducerKey } from "../../../src/identity/producer-key.ts";
import { createConsentReader } from "../../../src/store/consent-reader.ts";
import { tokenOf } from "../../support/issuer.ts";
import {
  accountEach,
  codeOf,
  type Fixture,
  type Json,
  KEY_SECRET,
  NOON,
  openControl,
  said,
  sendTo,
  TOKEN,
} from "./fixture.ts";

let control: Fixture;
let account: string;
let serial: number;
accountEach((given) => {
  ({ control, account, serial } = given);
});

const send = (method: string, path: string, body: unknown, headers: Record<string, string>) =>
  sendTo(control, method, path, body, headers);

describe("If-Match", () => {
  const BY = { person: "olga", role: "owner" };
  const RESOURCES = [
    ["account", () => account, () => ({ labels: ["health_information"] }), () => ({ labels: [] })],
    [
      "service",
      () => `${account}/services/meeting-summary`,
      () => ({ enabled: true, by: BY }),
      () => ({ enabled: false, by: BY }),
    ],
    [
      "conversation",
      () => `/conversations/c${serial}`,
      () => ({ account: `acme${serial}`, kind: "meeting", labels: [] }),
      () => ({ account: `acme${serial}`, kind: "meeting", ended_at: "2026-02-01T00:00:00Z" }),
    ],
  ] as const;

  test.each(RESOURCES)("%s: the second of two who read the same is told", async (_, path, one, two) => {
    await control.ask("PUT", path(), one());
    const tag = (await control.ask("GET", path())).headers.get("ETag")!;
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    control.clock.now += 1_000;
    const first = await send("PUT", path(), two(), { "If-Match": tag });
    expect([first.status, first.headers.get("ETag")]).toEqual([
      200,
      (await control.ask("GET", path())).headers.get("ETag"),
    ]);
    expect(codeOf(await send("PUT", path(), one(), { "If-Match": tag }))).toEqual([
      412,
      "precondition_failed",
    ]);
    expect(
      (await send("PUT", path(), one(), { "If-Match": `"x", ${first.headers.get("ETag")}` })).status,
    ).toBe(200);
    expect((await send("PUT", path(), two(), { "If-Match": "*" })).status).toBe(200);
    expect((await send("PUT", path(), one(), {})).status).toBe(200);
  });

  test.each(RESOURCES)("%s: of many at once, one", async (_, path, one, two) => {
    await control.ask("PUT", path(), one());
    const tag = (await control.ask("GET", path())).headers.get("ETag")!;
    control.clock.now += 1_000;
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => send("PUT", path(), two(), { "If-Match": tag })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412]);
  });

  test("of what is not there: 412", async () => {
    const answer = await send("PUT", "/accounts/never", {}, { "If-Match": "*" });
    expect(codeOf(answer)).toEqual([412, "precondition_failed"]);
    expect((await control.ask("GET", "/accounts/never")).status).toBe(404);
  });

  test("a weak tag is nobody's, and one that is none is 400", async () => {
    const tag = (await control.ask("GET", account)).headers.get("ETag")!;
    expect((await send("PUT", account, {}, { "If-Match": `W/${tag}` })).status).toBe(412);
    expect((await send("PUT", account, {}, { "If-Match": "x" })).body.code).toBe("header_invalid");
  });
});

describe("pages", () => {
  const inside = () => `/conversations/p${serial}/participants/pat`;
  const LISTS: readonly (readonly [string, () => string, string, () => Promise<unknown>])[] = [
    [
      "consents",
      () => `${account}/consents`,
      "consents",
      () => control.ask("POST", `${account}/consents`, said("refused")),
    ],
    [
      "showings",
      () => `${inside()}/notices`,
      "shown",
      () => control.ask("POST", `${inside()}/notices`, { service: "meeting-summary", notice_version: "v1" }),
    ],
    [
      "answers",
      () => `${inside()}/answers`,
      "answers",
      () => control.ask("POST", `${inside()}/answers`, { answer: "objected" }),
    ],
    [
      "standing answers",
      () => `${account}/participants/pat`,
      "answers",
      () => control.ask("POST", `${account}/participants/pat/objections`, {}),
    ],
  ];

  test.each(LISTS)(
    "%s: whole, each once, in the same order, whatever the size of the page",
    async (_, path, member, add) => {
      await control.ask("PUT", `/conversations/p${serial}`, { account: `acme${serial}`, kind: "meeting" });
      for (let i = 0; i < 5; i++) await add();
      const whole = (await control.expect(200, "GET", path()))[member].map(({ id }: Json) => id);
      expect(new Set(whole).size).toBe(5);
      for (const limit of [1, 2, 5]) expect(await walked(path(), member, "id", limit)).toEqual(whole);
    },
  );

  test("producer keys and exchanges", async () => {
    const wanted = { producer: "p", accounts: ["*"], routes: ["train"], expires_at: "2027-01-01T00:00:00Z" };
    for (let i = 0; i < 3; i++) await control.expect(201, "POST", "/producer-keys", wanted);
    const keys = (await control.expect(200, "GET", "/producer-keys?limit=1000")).producer_keys;
    expect(await walked("/producer-keys", "producer_keys", "id", 2)).toEqual(keys.map(({ id }: Json) => id));
    for (const id of ["e1", "e2", "e3"]) {
      const opened = { type: "opened", exchange: id, position: 0, at: NOON } as never;
      control.evidence.set(id, [opened]);
    }
    expect(await walked("/exchanges", "exchanges", "exchange", 2)).toEqual(["e3", "e2", "e1"]);
    expect(await walked("/notices", "notices", "version", 1)).toEqual(["v1"]);
  });

  test.each(["x", "", "bnVsbA", "MA", "e30", "LTE", "MQ==", "IjEi"])(
    "a cursor that is none, %j: 400",
    async (cursor) => {
      for (const path of [`${account}/consents`, "/producer-keys", "/exchanges", "/notices"]) {
        const answer = await control.ask("GET", `${path}?cursor=${cursor}`);
        expect([path, answer.status, answer.body.field]).toEqual([path, 400, "cursor"]);
      }
    },
  );
});

async function walked(path: string, member: string, id: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const at: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page: Json = await control.expect(200, "GET", `${path}?limit=${limit}${at}`);
    ids.push(...page[member].map((one: Json) => one[id]));
    cursor = page.next;
  }
  return ids;
}

describe("producer keys rotate", () => {
  const wanted = { producer: "p", accounts: ["acme"], routes: ["train"], expires_at: "2099-03-31T12:00:00Z" };
  const reader = () => createConsentReader(control.databases.consent, () => control.clock.now);
  const revoked = async (id: string) =>
    (await reader().lookup({ accounts: [], conversations: [], people: [], whole: [] }, ["s"], id, false))
      .keyRevoked;

  test("both are good for the overlap, and then the new one alone", async () => {
    const old = await control.expect(201, "POST", "/producer-keys", wanted);
    control.clock.now += 86_400_000;
    const fresh = await control.expect(201, "POST", `/producer-keys/${old.id}/rotate`, { overlap_s: 3_600 });
    expect(fresh).toMatchObject({
      producer: "p",
      accounts: ["acme"],
      routes: ["train"],
      expires_at: "2099-04-01T12:00:00.000Z",
    });
    expect((await verifyProducerKey(fresh.key, KEY_SECRET, control.clock.now)).ok).toBe(true);
    const endsAt = control.clock.now + 3_600_000;
    expect((await control.expect(200, "GET", `/producer-keys/${old.id}`)).revoked_at).toBe(
      new Date(endsAt).toISOString(),
    );
    expect((await reader().revokedKeys()).get(old.id)).toBe(endsAt);
    control.clock.now = endsAt - 1;
    expect([await revoked(old.id), await revoked(fresh.id)]).toEqual([false, false]);
    control.clock.now = endsAt;
    expect([await revoked(old.id), await revoked(fresh.id)]).toEqual([true, false]);
  });

  test("once; and a leaked one is revoked within its overlap, at once and for good", async () => {
    const old = await control.expect(201, "POST", "/producer-keys", wanted);
    await control.expect(201, "POST", `/producer-keys/${old.id}/rotate`, { overlap_s: 3_600 });
    const again = await control.ask("POST", `/producer-keys/${old.id}/rotate`, { overlap_s: 3_600 });
    expect(codeOf(again)).toEqual([409, "key_ended"]);
    expect(await revoked(old.id)).toBe(false);
    await control.expect(200, "DELETE", `/producer-keys/${old.id}`);
    expect(await revoked(old.id)).toBe(true);
    const later = control.databases.consent.prepare("UPDATE producer_keys SET revoked_at = ? WHERE id = ?");
    await expect(later.bind(NOON + 1, old.id).run()).rejects.toThrow("brought forward");
    await expect(later.bind(null, old.id).run()).rejects.toThrow("brought forward");
  });

  test("of many at once, one", async () => {
    const old = await control.expect(201, "POST", "/producer-keys", wanted);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        control.ask("POST", `/producer-keys/${old.id}/rotate`, { overlap_s: 60 }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });

  test.each([
    [{}, 400],
    [{ overlap_s: -1 }, 400],
    [{ overlap_s: 0.5 }, 400],
    [{ overlap_s: "60" }, 400],
    [{ overlap_s: LIMITS.key_overlap_s_max + 1 }, 400],
    [{ overlap_s: 0, expires_at: "2026-01-01T00:00:00Z" }, 422],
  ])("%j: %i", async (body, status) => {
    const old = await control.expect(201, "POST", "/producer-keys", wanted);
    expect((await control.ask("POST", `/producer-keys/${old.id}/rotate`, body)).status).toBe(status);
    expect(await revoked(old.id)).toBe(false);
  });

  test("signing keys rotate: the previous one verifies, and a third does not", async () => {
    const { key } = await control.expect(201, "POST", "/producer-keys", wanted);
    const other = Buffer.alloc(32, 8).toString("base64url");
    const third = Buffer.alloc(32, 9).toString("base64url");
    expect((await verifyProducerKey(key, [other, KEY_SECRET], NOON)).ok).toBe(true);
    expect(await verifyProducerKey(key, [other, third], NOON)).toEqual({ ok: false, fault: "key_signature" });
  });
});

describe("limits", () => {
  const counting = (max: number) => {
    const counts = new Map<string, number>();
    return {
      counts,
      limit: async ({ key }: { key: string }) => {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return { success: counts.get(key)! <= max };
      },
    };
  };

  test("each identity has its own; refused tokens count by client, and only those", async () => {
    const [requests, failures] = [counting(2), counting(2)];
    const app = (await openControl({ rateLimits: { requests, failures } })) as Fixture;
    const ask = (authorization: string, client = "203.0.113.7") =>
      app.ask("GET", "/notices", undefined, {
        headers: { Authorization: authorization, "CF-Connecting-IP": client },
      });
    const owner = `Bearer ${tokenOf({ role: "owner", account: "acme", person: "olga" }, NOON)}`;
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await ask(`Bearer ${TOKEN}`)).status);
    for (let i = 0; i < 3; i++) statuses.push((await ask(owner)).status);
    expect(statuses).toEqual([200, 200, 429, 200, 200, 429]);
    expect(failures.counts.size).toBe(0);
    const bad = [
      await ask("Bearer x"),
      await ask("Bearer a.b.c"),
      await ask("Bearer x"),
      await ask("Bearer x", "203.0.113.8"),
    ];
    expect(bad.map(({ status }) => status)).toEqual([401, 401, 429, 401]);
    expect([bad[2]?.headers.get("Retry-After"), bad[2]?.body.code]).toEqual(["10", "too_many_failures"]);
    await app.databases.close();
  });

  test("a limiter that fails stops nobody", async () => {
    const broken = { limit: () => Promise.reject(new Error("down")) };
    const app = await openControl({ rateLimits: { requests: broken, failures: broken } });
    expect((await app.ask("GET", "/notices")).status).toBe(200);
    expect(
      (await app.ask("GET", "/notices", undefined, { headers: { Authorization: "Bearer x" } })).status,
    ).toBe(401);
    await app.databases.close();
  });
});
