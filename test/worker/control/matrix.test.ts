/**
 * Every route, every role, its own tenant and another: generated from the routes themselves, so that no cell is untested.
 * What is hidden is answered byte for byte as what does not exist.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createControl, routesOf } from "../../../src/control/control.ts";
import type { Decided, Entry, Finding } from "../../../src/evidence/entries.ts";
import { createEvidenceStore } from "../../../src/store/evidence-store.ts";
import { type Claims, tokenOf } from "../../support/issuer.ts";
import { closed } from "../ledger/fixture.ts";
import { type Answer, type Fixture, NOON, openControl, publish, TOKEN } from "./fixture.ts";
import { type Expected, IDENTITIES, type Identity, MATRIX } from "./matrix-expected.ts";

let control: Fixture;
const TENANTS = ["acme", "beta"] as const;

beforeAll(async () => {
  control = await openControl();
  await publish(control, "meeting-summary", "v1");
  for (const account of TENANTS) {
    const by = { person: "olga", role: "owner" };
    await control.expect(201, "PUT", `/accounts/${account}`, {});
    await control.expect(200, "PUT", `/accounts/${account}/services/meeting-summary`, { enabled: true, by });
    await control.expect(201, "PUT", `/conversations/m-${account}`, { account, kind: "meeting" });
    const inside = `/conversations/m-${account}/participants`;
    await control.expect(201, "POST", `${inside}/hana/join`, { host: true });
    for (const person of ["pat", "ned"]) await control.expect(201, "POST", `${inside}/${person}/join`, {});
    control.evidence.set(`x-${account}`, exchange(account));
    await createEvidenceStore(control.databases.evidence).append(exchange(account));
  }
  await control.deps.writeLedger();
  control.clock.now = NOON + 60_000;
});
afterAll(() => control.databases.close());

function exchange(account: string): Entry[] {
  const id = `x-${account}`;
  return [
    {
      type: "opened",
      exchange: id,
      position: 0,
      at: NOON,
      route: "train",
      purpose: "train",
      producer: "recorder",
      key_id: "k",
      config_digest: "d",
    } as Entry,
    {
      type: "decided",
      exchange: id,
      position: 1,
      at: NOON,
      items: [0, 0],
      round: 0,
      findings_from: 0,
      findings: [
        { account, conversation: `m-${account}`, outcome: "forwarded", reason: "consented", consents: [] },
      ],
      runs: [0, 1],
    } as Entry,
    closed(id, 2, {
      counts: { forwarded: 1, stripped: 0, dropped: 0, rejected: 0 },
      settled: 1,
      in_doubt: 1,
    }),
  ];
}

const CLAIMS: Readonly<Record<Exclude<Identity, "operator_token">, Claims>> = {
  operator: { role: "operator", person: "opal" },
  owner: { role: "owner", account: "acme", person: "olga" },
  admin: { role: "admin", account: "acme", person: "adam" },
  host: { role: "host", account: "acme", conversation: "m-acme", person: "hana" },
  participant: { role: "participant", account: "acme", conversation: "m-acme", person: "pat" },
  neighbour: { role: "participant", account: "acme", conversation: "m-acme", person: "ned" },
  auditor: { role: "auditor", account: "acme", person: "aude" },
  auditor_of_all: { role: "auditor", person: "aude" },
};

const tokenFor = (identity: Identity): string =>
  identity === "operator_token" ? TOKEN : tokenOf(CLAIMS[identity], control.clock.now);

let serial = 0;
/** What is sent, so that whoever may has it carried out. */
function bodyFor(route: string, identity: Identity, account: string): unknown {
  const operates = identity.startsWith("operator");
  const service = "meeting-summary";
  const by = (person: string, role: string) => (operates ? { by: { person, role } } : {});
  switch (route) {
    case "POST /notices": {
      serial += 1;
      return {
        service: "chat-compose",
        version: `v${serial}`,
        section: "1",
        locale: "en",
        text: "t",
        material: false,
        effective_at: "2026-01-01T00:00:00Z",
      };
    }
    case "PUT /accounts/:account/services/:service":
      return { enabled: true, ...by("olga", "owner") };
    case "POST /accounts/:account/consents":
      return { service, answer: "given", kinds: ["chat"], notice_version: "v1", ...by("olga", "owner") };
    case "PUT /conversations/:conversation":
      return { account, kind: "meeting" };
    case "POST /conversations/:conversation/consents":
      return { service, answer: "given", kinds: ["chat"], notice_version: "v1", ...by("hana", "host") };
    case "POST /conversations/:conversation/participants/:person/notices":
      return { service, notice_version: "v1" };
    case "POST /conversations/:conversation/participants/:person/answers":
      return { answer: "accepted", service, notice_version: "v1" };
    case "POST /producer-keys":
      return { producer: "p", accounts: [account], routes: ["train"], expires_at: "2027-01-01T00:00:00Z" };
    case "POST /producer-keys/:key/rotate":
      return { overlap_s: 60 };
    case "POST /ledger/acknowledgements":
      return { record: "con_1", upstream: "train", exchanges: [`x-${account}`] };
    case "POST /explain":
      return { route: "nowhere", item: {} };
    default:
      return {};
  }
}

/** So that what the request changes is there to be changed. */
async function prepare(route: string, account: string): Promise<string> {
  const inside = `/conversations/m-${account}/participants/pat`;
  if (route.endsWith("/withdraw")) {
    await control.expect(201, "POST", `/accounts/${account}/participants/pat/objections`, {});
  }
  if (route.endsWith("/erasures")) {
    await control.expect(201, "POST", `/conversations/m-${account}/participants/zoe/join`, {});
  }
  if (route.endsWith("/leave")) {
    control.clock.now += 1_000;
    await control.expect(201, "POST", `${inside}/join`, {});
    control.clock.now += 1_000;
  }
  if (route.includes(":consent")) {
    const by = { person: "olga", role: "owner" };
    const consent = {
      service: "meeting-summary",
      answer: "given",
      kinds: ["chat"],
      notice_version: "v1",
      by,
    };
    return (await control.expect(201, "POST", `/accounts/${account}/consents`, consent)).id;
  }
  if (route.includes(":objection") || route.includes(":answer")) {
    return (await control.expect(201, "POST", `${inside}/answers`, { answer: "objected" })).id;
  }
  if (!route.includes(":key")) return "none";
  const key = { producer: "p", accounts: [account], routes: ["train"], expires_at: "2027-01-01T00:00:00Z" };
  return (await control.expect(201, "POST", "/producer-keys", key)).id;
}

async function send(route: string, identity: Identity, tenant: string, key: string): Promise<Answer> {
  const [method, path] = route.split(" ") as [string, string];
  const filled = path
    .replace(":account", tenant)
    .replace(":conversation", `m-${tenant}`)
    .replace(":service", "meeting-summary")
    // Of whom no other request is about: nothing of them is left afterwards.
    .replace(":person", path.endsWith("/erasures") ? "zoe" : "pat")
    .replace(":key", key)
    .replace(":consent", key)
    .replace(":objection", key)
    .replace(":answer", key)
    .replace(":level", "0")
    .replace(":tile", "0")
    .replace(":exchange", `x-${tenant}`);
  const stream = path.startsWith("/imports/");
  const body = ["GET", "HEAD", "DELETE"].includes(method) ? null : bodyFor(route, identity, tenant);
  const headers = {
    Authorization: `Bearer ${tokenFor(identity)}`,
    ...(body === null ? {} : { "Content-Type": stream ? "application/x-ndjson" : "application/json" }),
  };
  const sent = body === null ? {} : { body: stream ? "" : JSON.stringify(body) };
  const response = await control.app.request(`/v1${filled}`, { method, headers, ...sent });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: null };
}

/** Everything of an answer that a client can see. */
const whole = ({ status, headers, text }: Answer) => ({ status, text, headers: [...headers].sort() });

const STATUS: Readonly<Record<Exclude<Expected, "ok">, number>> = { sees: 403, hidden: 404 };
/** What is refused for what it says, once whoever says it may. */
const SAID: readonly string[] = [
  "POST /ledger/reconciliations",
  "POST /explain",
  "POST /imports/consents",
  "POST /imports/participants",
];

function check(answer: Answer, route: string, expected: Expected): void {
  if (expected !== "ok") expect(answer.status, answer.text).toBe(STATUS[expected]);
  else if (SAID.includes(route)) expect([200, 400, 422], answer.text).toContain(answer.status);
  else expect([200, 201], answer.text).toContain(answer.status);
}

test("every route of /v1 has a row, and every row a route", () => {
  const routes = routesOf(control.deps).map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(routes)].sort()).toEqual(Object.keys(MATRIX).sort());
});

describe.each(Object.entries(MATRIX))("%s", (route, row) => {
  test.each(IDENTITIES)("%s", async (identity) => {
    const [own, other] = row[identity];
    check(await send(route, identity, "acme", await prepare(route, "acme")), route, own);
    const key = await prepare(route, "beta");
    const answer = await send(route, identity, "beta", key);
    check(answer, route, other);
    if (other === "hidden") {
      expect(whole(answer)).toEqual(whole(await send(route, identity, "nothing", "key_nothing")));
    }
  });
});

const READS = Object.entries(MATRIX).filter(([route]) => route.startsWith("GET "));

test.each(READS)("HEAD is no way around %s", async (route, row) => {
  for (const identity of IDENTITIES) {
    const [own, other] = row[identity];
    const head = route.replace("GET", "HEAD");
    const answer = await send(head, identity, "acme", await prepare(route, "acme"));
    check(answer, route, own);
    check(await send(head, identity, "beta", await prepare(route, "beta")), route, other);
    expect(answer.text).toBe("");
  }
});

describe("what the path does not say", () => {
  const as = (identity: Identity) => ({
    Authorization: `Bearer ${tokenFor(identity)}`,
    "Content-Type": "application/json",
  });

  test("an owner moves no conversation to an account that is not theirs, nor learns whether there is one", async () => {
    const answers = await Promise.all(
      ["beta", "nothing"].map((account) =>
        control.ask("PUT", "/conversations/m-acme", { account, kind: "meeting" }, { headers: as("owner") }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([422, 422]);
    expect(whole(answers[0]!)).toEqual(whole(answers[1]!));
  });

  /** Who creates `m-new-…` in acme; `host`: bound to that conversation. */
  const CREATES: Readonly<Record<Identity, number>> = {
    ...{ operator: 201, operator_token: 201, owner: 201, admin: 201, host: 201 },
    ...{ participant: 404, neighbour: 404, auditor: 404, auditor_of_all: 403 },
  };

  test.each(IDENTITIES)(
    "%s: creating a conversation of their own account, and not of another",
    async (who) => {
      const conversation = `m-new-${who}`;
      const claims = who === "operator_token" ? {} : CLAIMS[who];
      const own = "conversation" in claims ? { ...claims, conversation } : claims;
      const token = who === "operator_token" ? TOKEN : tokenOf(own as Claims, control.clock.now);
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const put = (path: string, account: string, more = {}) =>
        control.ask("PUT", `/conversations/${path}`, { account, kind: "meeting", ...more }, { headers });
      const bound = !["operator", "operator_token", "auditor_of_all"].includes(who);
      if (bound) {
        const answers = [await put("m-beta", "beta"), await put(conversation, "beta")];
        answers.push(await put(conversation, "nothing"), await put("m-beta", "acme"));
        for (const answer of answers) expect(whole(answer)).toEqual(whole(answers[0]!));
        expect(answers[0]!.status).toBe(404);
      }
      expect((await put(conversation, "acme")).status).toBe(CREATES[who]);
      // Somebody else's host is let through to what their token names alone.
      expect((await put(`${conversation}-2`, "acme")).status).toBe(who === "host" ? 404 : CREATES[who]);
      if (who === "host") expect((await put(conversation, "acme", { labels: [] })).status).toBe(403);
    },
  );

  test("of two who create at once, the second changes nothing of the first's", async () => {
    const records = {
      ...control.deps.records,
      conversation: async () => null,
    };
    const late = createControl({ ...control.deps, records });
    const body = (labels: string[]) => JSON.stringify({ account: "acme", kind: "meeting", labels });
    const put = (app: typeof late, labels: string[]) =>
      app.request("/v1/conversations/m-raced", { method: "PUT", headers: as("owner"), body: body(labels) });
    expect((await put(control.app, ["health_information"])).status).toBe(201);
    expect((await put(late, [])).status).toBe(409);
    const kept = await control.expect(200, "GET", "/conversations/m-raced");
    expect(kept.labels).toEqual(["health_information"]);
  });

  test("an account sees of a shared exchange what was its own, and nothing counted over all of it", async () => {
    const [opened, decided] = exchange("acme") as [Entry, Decided];
    const theirs: Finding = {
      account: "beta",
      conversation: "m-beta",
      outcome: "dropped",
      reason: "unattributed",
      consents: [],
    };
    control.evidence.set("x-both", [
      { ...opened, exchange: "x-both" },
      { ...decided, exchange: "x-both", findings: [...decided.findings, theirs], runs: [0, 1, 1, 7] },
    ]);
    const seen = await control.ask("GET", "/exchanges/x-both", undefined, { headers: as("owner") });
    expect(seen.body.decided).toHaveLength(1);
    expect(seen.text).not.toContain("beta");
    expect(seen.body).toMatchObject({ counts: null, received: null, rests_on: [] });
    const listed = await control.ask("GET", "/exchanges", undefined, { headers: as("owner") });
    expect(listed.body.exchanges.map((one: { exchange: string }) => one.exchange).sort()).toEqual([
      "x-acme",
      "x-both",
    ]);
  });

  test("a token for a conversation of another account opens nothing", async () => {
    const claims = { role: "host", account: "acme", conversation: "m-beta", person: "hana" };
    const headers = { Authorization: `Bearer ${tokenOf(claims, control.clock.now)}` };
    const answer = await control.ask("GET", "/conversations/m-beta", undefined, { headers });
    expect(answer.status).toBe(404);
  });

  test.each(IDENTITIES)(
    "%s: a path that is not there is 404, and a method that is not there 405",
    async (identity) => {
      const headers = as(identity);
      expect((await control.ask("GET", "/nothing", undefined, { headers })).status).toBe(404);
      expect((await control.ask("DELETE", "/notices", undefined, { headers })).status).toBe(405);
    },
  );
});
