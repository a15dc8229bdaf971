/** What /v1 answers is what its description says: every route asked, every answer held to its schema; and the worker serves both pages. */
import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import document from "../../../src/control/openapi/openapi.json" with { type: "json" };
import type { Entry } from "../../../src/evidence/entries.ts";
import { compileRules } from "../../../src/rules/route-rules.ts";
import { createEvidenceStore } from "../../../src/store/evidence-store.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { tokenOf } from "../../support/issuer.ts";
import { mismatches } from "../../support/json-schema.ts";
import { putBack } from "../../support/put-back.ts";
import { worldConfig } from "../../support/world.ts";
import { type Fixture, given, type Json, NOON, OWNER, openControl, publish, said } from "./fixture.ts";

const under = (prefix: boolean): Json =>
  Object.fromEntries(
    Object.entries<Json>(document.paths).filter(([path]) => path.startsWith("/v1/") === prefix),
  );
const paths = under(true);
const elsewhere = under(false);
const service = "meeting-summary";
const host = { by: { person: "hana", role: "host" } };
const inside = "/conversations/m/participants/pat";
const standing = "/accounts/acme/participants/pat";
const key = { producer: "p", accounts: ["acme"], routes: ["train"], expires_at: "2027-01-01T00:00:00Z" };
const item = {
  account: "acme",
  conversation: "m",
  speaker: "pat",
  kind: "chat",
  captured_at: "2026-01-31T12:00:00Z",
};
const notice = {
  ...{ service, version: "v2", section: "1", locale: "en", text: "t", material: false },
  effective_at: "2026-01-01T00:00:00Z",
};

/** Method, path, status, body. `{key}`, `{consent}`, `{answer}`: the id of the last that was recorded. */
const CALLS: readonly (readonly [string, string, number, unknown?])[] = [
  ["PUT", "/accounts/acme", 201, { labels: [] }],
  ["PUT", "/accounts/acme", 200, { participation_rule: "everyone" }],
  ["POST", "/notices", 201, notice],
  ["POST", "/notices", 200, notice],
  ["GET", "/notices?limit=1", 200],
  ["PUT", "/accounts/acme/services/meeting-summary", 200, { enabled: true, by: OWNER }],
  ["GET", "/accounts/acme/services/meeting-summary", 200],
  ["GET", "/accounts/acme", 200],
  ["POST", "/accounts/acme/consents", 201, given()],
  ["POST", "/accounts/acme/consents", 201, said("refused")],
  ["GET", "/accounts/acme/consents?limit=1", 200],
  ["PUT", "/conversations/m", 201, { account: "acme", kind: "meeting" }],
  ["PUT", "/conversations/m", 200, { account: "acme", kind: "meeting", started_at: "2026-01-31T12:00:00Z" }],
  ["GET", "/conversations/m", 200],
  ["POST", "/conversations/m/participants/hana/join", 201, { host: true }],
  ["POST", `${inside}/join`, 201],
  ["POST", "/conversations/m/consents", 201, given(host)],
  ["GET", "/conversations/m/consents", 200],
  [
    "POST",
    "/notices",
    201,
    { ...notice, version: "v3", material: true, effective_at: "2026-02-01T00:00:00Z" },
  ],
  ["GET", "/services/meeting-summary/ask-again?limit=1", 200],
  ["GET", "/accounts/acme/services/meeting-summary/ask-again", 200],
  ["GET", "/conversations/m/consent-status", 200],
  ["POST", `${inside}/notices`, 201, { service, notice_version: "v1" }],
  ["GET", `${inside}/notices`, 200],
  ["POST", `${inside}/answers`, 201, { answer: "objected" }],
  ["POST", `${inside}/answers`, 201, { answer: "accepted", service, notice_version: "v1" }],
  ["GET", `${inside}/answers`, 200],
  ["GET", inside, 200],
  ["POST", `${standing}/objections`, 201],
  ["POST", `${standing}/objections/withdraw`, 201, {}],
  ["GET", standing, 200],
  ["POST", `${inside}/leave`, 200],
  ["POST", "/producer-keys", 201, key],
  ["GET", "/producer-keys", 200],
  ["GET", "/producer-keys/{key}", 200],
  ["POST", "/producer-keys/{key}/rotate", 201, { overlap_s: 60 }],
  ["DELETE", "/producer-keys/{key}", 200],
  ["POST", "/explain", 200, { route: "strip", item }],
  ["GET", "/exchanges", 200],
  ["GET", "/exchanges/x1", 200],
  ["GET", "/exchanges/x2", 200],
  ["GET", "/exchanges/x1/proof", 200],
  ["GET", "/consents/{consent}/receipt", 200],
  ["GET", "/answers/{answer}/receipt", 200],
  ["GET", "/ledger/checkpoints?limit=1", 200],
  ["GET", "/ledger/consistency?from_size=1", 200],
  ["GET", "/ledger/tiles/0/0", 200],
  ["POST", "/ledger/acknowledgements", 201, { record: "con_1", upstream: "train", exchanges: ["x1"] }],
  ["POST", `${standing}/erasures`, 201],
  ["POST", `${standing}/erasures`, 200],
  ["POST", "/ledger/reconciliations", 201],
];

let control: Fixture;
beforeAll(async () => {
  const parsed = parseConfig(worldConfig("http://127.0.0.1:9"));
  if (!parsed.ok) throw new Error(parsed.problems.join());
  control = await openControl({ rules: compileRules(parsed.config) });
  await publish(control, service, "v1");
  const opened = {
    type: "opened",
    ...{ position: 0, at: NOON, route: "train", purpose: "train", producer: "p" },
    ...{ key_id: "k", config_digest: "d" },
  } as const;
  const measure = { bytes: 3, digest: "x" };
  const entries: Entry[] = [
    { ...opened, exchange: "x1" },
    {
      ...{ type: "decided", exchange: "x1", position: 1, at: NOON, items: [0, 0], round: 0 },
      findings_from: 0,
      findings: [
        { account: "acme", conversation: "m", outcome: "forwarded", reason: "consented", consents: ["c"] },
      ],
      runs: [0, 1],
    },
    {
      ...{ type: "closed", exchange: "x1", position: 2, at: NOON, outcome: "forwarded", fault: null },
      ...{ upstream_status: 200, upstream_complete: true, settled: 1, in_doubt: 1 },
      counts: { forwarded: 1, stripped: 0, dropped: 0, rejected: 0 },
      ...{ received: measure, sent: measure },
    },
  ];
  control.evidence.set("x1", entries);
  await createEvidenceStore(control.databases.evidence).append(entries);
  await control.deps.writeLedger();
  control.evidence.set("x2", [{ ...opened, exchange: "x2" }]);
});
afterAll(() => control.databases.close());

/** The template of the document that the path is of. */
function templateFor(path: string): string {
  const asked = `/v1${path.split("?")[0]}`.split("/");
  const found = Object.keys(paths).filter((template) => {
    const parts = template.split("/");
    return (
      parts.length === asked.length && parts.every((part, i) => part.startsWith("{") || part === asked[i])
    );
  });
  return found.find((template) => !template.endsWith("}")) ?? found[0]!;
}

test("every answer that is JSON is as its schema has it, and every schema is answered", async () => {
  const seen = new Set<string>();
  const last = { key: "", consent: "", answer: "" };
  for (const [method, path, status, body] of CALLS) {
    control.clock.now += 1_000;
    if (path === "/ledger/reconciliations") {
      await control.deps.writeLedger();
      await putBack(control.databases.consent, 2);
    }
    const filled = path.replace(/\{(\w+)\}/, (_, name: keyof typeof last) => last[name]);
    const answer = await control.expect(status, method, filled, body);
    if (path === "/producer-keys" && method === "POST") last.key = answer.id;
    if (path.endsWith("/consents") && method === "POST") last.consent = answer.id;
    if (path.endsWith("/answers") && method === "POST") last.answer = answer.id;
    const template = templateFor(path);
    const schema = paths[template][method.toLowerCase()].responses[status].content["application/json"].schema;
    expect([method, path, mismatches(schema, answer, document)]).toEqual([method, path, []]);
    seen.add(`${method} ${template} ${status}`);
  }
  const described = Object.entries<Json>(paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).flatMap(([method, { responses }]) =>
      Object.entries<Json>(responses)
        .filter(([, response]) => response.content?.["application/json"] !== undefined)
        .map(([status]) => `${method.toUpperCase()} ${path} ${status}`),
    ),
  );
  expect([...seen].sort()).toEqual(described.sort());
});

test("what is sent in those requests is as the schemas have it, and a member that is not is refused by both", async () => {
  for (const [method, path, , body] of CALLS) {
    const sent = paths[templateFor(path)][method.toLowerCase()].requestBody?.content["application/json"];
    if (sent === undefined || body === undefined) continue;
    expect([path, mismatches(sent.schema, body, document)]).toEqual([path, []]);
    const strange = { ...(body as object), novelty: 1 };
    expect(mismatches(sent.schema, strange, document)).not.toEqual([]);
    expect((await control.ask(method, path.replace("{key}", "key_none"), strange)).body.code).toBe(
      "field_unknown",
    );
  }
});

test("parameters of a query: those described are read, any other is refused", async () => {
  for (const [path, methods] of Object.entries<Json>(paths)) {
    if (methods.get === undefined || path.includes("/exports/")) continue;
    const asked = path.slice(3).replaceAll(/\{(\w+)\}/g, "none");
    const described = methods.get.parameters.filter((one: Json) => one.in === "query");
    for (const name of [...described.map((one: Json) => one.name), "novelty"]) {
      const { body } = await control.ask("GET", `${asked}?${name}=${name === "limit" ? 1 : "x"}`);
      expect([path, name, body.code === "field_unknown"]).toEqual([path, name, name === "novelty"]);
    }
  }
});

test("problems are as their schema has it", async () => {
  const schema = { $ref: "#/components/schemas/Problem" };
  for (const path of ["/accounts/none", "/notices?novelty=1", "/nowhere"]) {
    expect(mismatches(schema, (await control.ask("GET", path)).body, document)).toEqual([]);
  }
});

test("what was imported names its source, its importer and the digest of what proves it, and is as its schema has it", async () => {
  const digest = "ab".repeat(32);
  const proof = { source: "crm, row 7", evidence_sha256: digest };
  const told = {
    conversation: "im",
    person: "ivy",
    service,
    notice_version: "v1",
    at: "2026-01-31T12:00:30Z",
  };
  const files: Readonly<Record<string, readonly object[]>> = {
    participants: [
      {
        type: "presence",
        conversation: "im",
        person: "ivy",
        joined_at: "2026-01-31T12:00:00Z",
        source: "crm",
      },
      { type: "shown", ...told, ...proof },
      { type: "answer", ...told, account: "imported", answer: "accepted", ...proof },
    ],
    consents: [
      { ...given({ service: "chat-compose" }), account: "imported", at: "2026-01-31T12:00:30Z", ...proof },
    ],
  };
  await publish(control, "chat-compose", "v1");
  await control.expect(201, "PUT", "/accounts/imported", {});
  await control.expect(201, "PUT", "/conversations/im", { account: "imported", kind: "channel" });
  control.clock.now = NOON + 3_600_000;
  const token = tokenOf({ role: "operator", person: "ida" }, control.clock.now);
  for (const [what, lines] of Object.entries(files)) {
    const answer = await control.app.request(`/v1/imports/${what}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
      body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    });
    expect(await answer.text()).toMatch(new RegExp(`"complete":true.*"applied":${lines.length}`));
  }
  for (const [path, name] of [
    ["/conversations/im/participants/ivy/notices", "shown"],
    ["/conversations/im/participants/ivy/answers", "answers"],
    ["/accounts/imported/consents?service=chat-compose", "consents"],
  ] as const) {
    const answer = await control.expect(200, "GET", path);
    const schema = paths[templateFor(path)].get.responses["200"].content["application/json"].schema;
    expect(mismatches(schema, answer, document)).toEqual([]);
    expect([path, answer[name].length]).toEqual([path, 1]);
    expect(answer[name][0]).toMatchObject({ ...proof, recorded_by: "operator ida of https://id.example" });
  }
});

describe("the worker", () => {
  let rig: Rig;
  beforeAll(async () => {
    const sources = { zoom: [{ path: "/sources/zoom", account: "acme", secret: "ZOOM_SECRET" }] };
    rig = await startRig({
      config: ({ main }) => ({ ...worldConfig(main), sources }),
      bindings: { ZOOM_SECRET: "z" },
    });
  });
  afterAll(() => rig.dispose());

  const signed = (body: string) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", "z").update(`v0:${timestamp}:${body}`).digest("hex");
    return { "x-zm-signature": `v0=${signature}`, "x-zm-request-timestamp": timestamp };
  };
  const operations = Object.entries<Json>(elsewhere).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]) => ({ method, path, operation })),
  );

  test.each(operations)("$method $path answers as it is described", async ({ method, path, operation }) => {
    const { example, schema: sent } = operation.requestBody?.content["application/json"] ?? {};
    const body = example === undefined ? null : JSON.stringify(example);
    const token = { authorization: `Bearer ${rig.gate.secrets.TENFOUR_OPERATOR_TOKEN}` };
    const ask = (headers: Record<string, string>) =>
      fetch(rig.url + path, {
        method: method.toUpperCase(),
        headers: { "content-type": "application/json", "X-Request-ID": "r1", ...headers },
        body,
      });
    if (sent !== undefined) expect(mismatches(sent, example, document)).toEqual([]);
    const answer = await ask(path.startsWith("/sources/") ? signed(body!) : operation.security ? {} : token);
    const { content } = operation.responses["200"];
    expect([answer.status, Object.keys(content)]).toEqual([
      200,
      [answer.headers.get("content-type")!.split(";")[0]],
    ]);
    const returned = operation.parameters.some(({ name }: Json) => name === "X-Request-ID");
    expect(answer.headers.get("x-request-id")).toBe(returned ? "r1" : null);
    const schema = content["application/json"]?.schema;
    if (schema !== undefined) expect(mismatches(schema, await answer.json(), document)).toEqual([]);
    else await answer.text();
    if (method === "get") return;
    // Whoever is not known is refused as described, and so is another method.
    const refused = await ask({});
    expect([refused.status, refused.status in operation.responses]).toEqual([401, true]);
    const other = await fetch(rig.url + path, { method: "DELETE", headers: token });
    expect([other.status, other.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("a batch, a no, and an error are as they are described too", async () => {
    const headers = {
      authorization: `Bearer ${rig.gate.secrets.TENFOUR_OPERATOR_TOKEN}`,
      "content-type": "application/json",
    };
    const operation = elsewhere["/access/v1/evaluations"].post;
    const one = operation.requestBody.content["application/json"].example;
    const batch = { ...one, evaluations: [{}, { context: { route: "nowhere" } }, { subject: 5 }] };
    const answer = await fetch(`${rig.url}/access/v1/evaluations`, {
      ...{ method: "POST", headers, body: JSON.stringify(batch) },
    });
    const body: Json = await answer.json();
    const [decisions] = operation.responses["200"].content["application/json"].schema.anyOf;
    expect(mismatches(decisions, body, document)).toEqual([]);
    expect(body.evaluations.map(({ decision }: Json) => decision)).toEqual([false, false, false]);
    expect(body.evaluations[2].context.error.status).toBe(400);
  });

  test("serves the document, to whoever asks", async () => {
    const answer = await fetch(`${rig.url}/openapi.json`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await answer.json()).toEqual(document);
    const head = await fetch(`${rig.url}/openapi.json`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("serves the page, which may load nothing but its own style", async () => {
    const answer = await fetch(`${rig.url}/docs`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const style = /<style>([^<]*)<\/style>/.exec(await answer.text())![1]!;
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
  });

  test("refuses other methods, and other hosts", async () => {
    for (const path of ["/docs", "/openapi.json"]) {
      const answer = await fetch(rig.url + path, { method: "POST" });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
    const elsewhere = await rig.send({
      method: "GET",
      path: "/docs",
      framing: null,
      headers: { host: "elsewhere.example" },
    });
    expect(elsewhere.status).toBe(421);
  });
});
