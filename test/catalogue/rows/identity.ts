/** I: who sends, for whom, and who may decide. */
import { createHmac } from "node:crypto";
import { expect } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { type Claims, ISSUER, segment, signedToken, tokenOf } from "../../support/issuer.ts";
import { MARKER } from "../../support/marker.ts";
import type { RawResponse } from "../../support/raw-client.ts";
import { content } from "../../support/world.ts";
import { codeOf, nothing } from "../attempt.ts";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";
import { catalogueConfig } from "../world.ts";

const OWNER: Claims = { role: "owner", account: "acme", person: "root" };
const PAT: Claims = { role: "participant", account: "acme", conversation: "m1", person: "bo" };

interface Question {
  readonly token?: string | null;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call of the control plane; by default with an owner's token. */
function ask(
  bench: Bench,
  path: string,
  { token, method = "GET", body, headers }: Question = {},
): Promise<RawResponse> {
  const authorization = token === undefined ? tokenOf(OWNER, Date.now()) : token;
  const sent = typeof body === "string" ? body : JSON.stringify(body);
  return bench.rig.send({
    method,
    path,
    headers: {
      ...(authorization === null ? {} : { authorization: `Bearer ${authorization}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    framing: body === undefined ? null : Buffer.byteLength(sent),
    pieces: body === undefined ? [] : [sent],
  });
}

/** A token that the issuer did sign, with this header, and an owner's payload changed. */
function odd(header: object | string, change: (payload: string) => string = (payload) => payload): string {
  const payload = Buffer.from(tokenOf(OWNER, Date.now()).split(".")[1]!, "base64url").toString();
  return signedToken(typeof header === "string" ? header : JSON.stringify(header), change(payload));
}

const HEADER = { alg: "EdDSA", typ: "JWT", kid: "k1" };

async function refusesTokens(bench: Bench, tokens: readonly string[]): Promise<void> {
  expect((await ask(bench, "/v1/accounts/acme", { token: odd(HEADER) })).status).toBe(200);
  for (const token of tokens) {
    const answer = await ask(bench, "/v1/accounts/acme", { token });
    expect([token, answer.status, codeOf(answer)]).toEqual([token, 401, "token_wrong"]);
  }
}

export const IDENTITY_ROWS: readonly Row[] = [
  {
    id: "I01",
    what: "a producer that sends for an account that is not its own",
    tries: [
      { key: "beta_only", gets: nothing },
      { key: "beta_only", path: "/ingest/strip", gets: nothing },
    ],
  },
  {
    id: "I02",
    what: "a record that names no account, or no conversation",
    tries: ["account", "conversation", "captured_at"].flatMap((member) =>
      [undefined, null, "", " acme", "acme "].map((value) => ({
        body: content({ [member]: value, text: MARKER }),
        gets: nothing,
      })),
    ),
  },
  {
    id: "I03",
    what: "a record for more people than those who accepted",
    tries: [
      { body: content({ speaker: undefined, text: MARKER }), gets: nothing },
      { body: content({ private_to: ["dee"], text: MARKER }), gets: nothing },
      { body: content({ private_to: ["bo", "cy"], text: MARKER }), gets: nothing },
      { body: content({ speaker: "nobody", text: MARKER }), gets: nothing },
      { body: content({ conversation: "beta-m1", text: MARKER }), gets: nothing },
    ],
  },
  {
    id: "I04",
    what: "an account's id that looks like another's",
    tries: [
      "ACME",
      "Acme",
      "acme\u0000",
      "\uff41cme",
      "\u0430cme",
      "acme\u200b",
      "acm%65",
      "acme%",
      "ac_e",
    ].map((account) => ({
      body: content({ account, text: MARKER }),
      gets: nothing,
    })),
  },
  {
    id: "I05",
    what: "another account's resources at the control plane",
    async run(bench) {
      for (const path of ["/v1/accounts/beta", "/v1/accounts/beta/consents", "/v1/conversations/beta-m1"]) {
        const theirs = await ask(bench, path);
        const none = await ask(bench, path.replace("beta", "nothing"));
        expect([path, theirs.status, theirs.text]).toEqual([path, 404, none.text]);
      }
    },
  },
  {
    id: "I06",
    what: "a role that does what another's may",
    async run(bench) {
      const token = tokenOf(PAT, Date.now());
      const given = { service: "meeting-summary", answer: "withdrawn" };
      // What they may not see is not there; what they see and may not do is forbidden.
      const expected = { "/v1/accounts/acme/consents": 404, "/v1/conversations/m1/consents": 403 };
      for (const [path, status] of Object.entries(expected)) {
        const answer = await ask(bench, path, { token, method: "POST", body: given });
        expect([path, answer.status]).toEqual([path, status]);
      }
      await bench.attempt({
        body: content(),
        gets: { counts: [1, 0, 0], upstream: content(), unmarked: true },
      });
      const keys = await ask(bench, "/v1/producer-keys", { token: tokenOf(OWNER, Date.now()) });
      expect([403, 404]).toContain(keys.status);
    },
  },
  {
    id: "I07",
    what: "members that nobody asked for in a change",
    async run(bench) {
      for (const more of [
        { role: "operator" },
        { revision: 9 },
        { id: "beta" },
        { recorded_by: MARKER },
        { [MARKER]: 1 },
      ]) {
        const body = { participation_rule: "speaker", ...more };
        const answer = await ask(bench, "/v1/accounts/acme", { method: "PUT", body });
        expect([JSON.stringify(more), answer.status, codeOf(answer)]).toEqual([
          JSON.stringify(more),
          400,
          "field_unknown",
        ]);
        expect(answer.text).not.toContain(MARKER);
      }
    },
  },
  {
    id: "I08",
    what: "a token that chooses its own algorithm",
    async run(bench) {
      const publicKey = ISSUER.jwks.keys[0].x ?? "";
      const hmac = (key: string | Buffer): string => {
        const signed = `${segment({ ...HEADER, alg: "HS256" })}.${tokenOf(OWNER, Date.now()).split(".")[1]}`;
        return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
      };
      const [, payload] = tokenOf(OWNER, Date.now()).split(".");
      await refusesTokens(bench, [
        `${segment({ ...HEADER, alg: "none" })}.${payload}.AA`,
        odd({ ...HEADER, alg: "None" }),
        odd({ ...HEADER, alg: "RS256" }),
        odd({ ...HEADER, alg: ["EdDSA"] }),
        hmac(publicKey),
        hmac(Buffer.from(publicKey, "base64url")),
        hmac(JSON.stringify(ISSUER.jwks.keys[0])),
      ]);
    },
  },
  {
    id: "I09",
    what: "a token spelt otherwise than encoding spells it",
    run: (bench) => {
      const [header, payload, signature] = tokenOf(OWNER, Date.now()).split(".") as [string, string, string];
      return refusesTokens(bench, [
        `${header}.${payload}.${signature}=`,
        `${header}=.${payload}.${signature}`,
        `${header}.${payload}.${signature}AA`,
        `${header}.${payload}..${signature}`,
        `${header}.${payload}.`,
        `${header}..${signature}`,
        `${header}.${payload}+.${signature}`,
      ]);
    },
  },
  {
    id: "I11",
    what: "a token that brings its own keys",
    run: (bench) =>
      refusesTokens(bench, [
        odd({ ...HEADER, jku: "https://evil.example/jwks" }),
        odd({ ...HEADER, x5u: "https://evil.example/cert" }),
        odd({ ...HEADER, jwk: ISSUER.jwks.keys[0] }),
        odd({ ...HEADER, kid: "../../dev/null" }),
      ]),
  },
  {
    id: "I12",
    what: "a token with crit, or a payload that is not encoded",
    run: (bench) =>
      refusesTokens(bench, [
        odd({ ...HEADER, crit: ["exp"], exp: 1 }),
        odd({ ...HEADER, b64: false, crit: ["b64"] }),
        odd({ ...HEADER, zip: "DEF" }),
      ]),
  },
  {
    id: "I14",
    what: "a token before or after its time, or with a time that is none",
    async run(bench) {
      const expired = tokenOf({ ...OWNER, expiresAt: Date.now() - 120_000 }, Date.now() - 3_600_000);
      const early = tokenOf(OWNER, Date.now() + 3_600_000);
      for (const token of [expired, early])
        expect((await ask(bench, "/v1/accounts/acme", { token })).status).toBe(401);
      await refusesTokens(bench, [
        odd(HEADER, (payload) => payload.replace(/"exp":\d+/, '"exp":"9999999999"')),
        odd(HEADER, (payload) => payload.replace(/"exp":\d+/, '"exp":1e400')),
        odd(HEADER, (payload) => payload.replace(/"exp":\d+,/, "")),
      ]);
    },
  },
  {
    id: "I15",
    what: "a token of one kind where another belongs",
    async run(bench) {
      const key = await ask(bench, "/v1/accounts/acme", { token: bench.keys.good });
      expect(key.status).toBe(401);
      bench.reset();
      const body = content({ text: MARKER });
      for (const token of [tokenOf(OWNER, Date.now()), bench.rig.gate.secrets.TENFOUR_OPERATOR_TOKEN]) {
        const answer = await bench.send({ key: null, headers: { authorization: `Bearer ${token}` }, body });
        expect([answer.status, codeOf(answer), bench.upstream.begun]).toEqual([401, "key_malformed", 0]);
      }
      await refusesTokens(bench, [
        odd({ ...HEADER, typ: "tenfour-producer+jwt" }),
        odd({ ...HEADER, typ: "logout+jwt" }),
      ]);
    },
  },
  {
    id: "I16",
    what: "a claim twice",
    run: (bench) =>
      refusesTokens(bench, [
        odd(HEADER, (payload) =>
          payload.replace('"tenfour_account"', '"tenfour_account":"beta","tenfour_account"'),
        ),
        odd(HEADER, (payload) => payload.replace('"sub"', '"s\\u0075b":"ana","sub"')),
        odd('{"alg":"none","alg":"EdDSA","kid":"k1"}'),
      ]),
  },
  {
    id: "I17",
    what: "a token in the URL, or in the log",
    async run(bench) {
      const token = tokenOf(OWNER, Date.now());
      for (const path of [`/v1/accounts/acme?token=${token}`, `/v1/accounts/acme?access_token=${MARKER}`]) {
        const answer = await ask(bench, path, { token: null });
        expect([400, 401]).toContain(answer.status);
      }
      const answer = await bench.send({ key: null, path: `/ingest/drop?key=${bench.keys.good}` });
      expect([answer.status, codeOf(answer)]).toEqual([400, "query_not_accepted"]);
      const log = bench.rig.logs.join("\n");
      for (const secret of [token, bench.keys.good, ...Object.values(bench.rig.gate.secrets)])
        expect(log.includes(secret)).toBe(false);
    },
  },
  {
    id: "I19",
    what: "whether an account exists, read from an answer",
    async run(bench) {
      const [theirs, none] = [
        await ask(bench, "/v1/accounts/beta"),
        await ask(bench, "/v1/accounts/nothing"),
      ];
      expect([theirs.status, theirs.text]).toEqual([none.status, none.text]);
      const [denied, unknown] = [
        await bench.send({ key: "beta_only", body: content({ text: MARKER }) }),
        await bench.send({ key: "beta_only", body: content({ account: "nothing", text: MARKER }) }),
      ];
      expect([denied.status, denied.headers["tenfour-outcome"]]).toEqual([
        unknown.status,
        unknown.headers["tenfour-outcome"],
      ]);
    },
  },
  {
    id: "I21",
    what: "a change that another site's page makes a browser send",
    async run(bench) {
      const body = '{"service":"meeting-summary","answer":"withdrawn"}';
      for (const type of [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=X",
      ]) {
        const path = "/v1/accounts/acme/consents";
        const withToken = await ask(bench, path, { method: "POST", body, headers: { "content-type": type } });
        expect([type, withToken.status]).toEqual([type, 415]);
        const cookie = { "content-type": type, cookie: `token=${tokenOf(OWNER, Date.now())}` };
        const without = await ask(bench, path, { token: null, method: "POST", body, headers: cookie });
        expect([type, without.status]).toEqual([type, 401]);
      }
    },
  },
  {
    id: "I22",
    what: "an answer that another site's page may read",
    async run(bench) {
      for (const origin of ["null", "https://evil.example"])
        for (const [method, path] of [
          ["GET", "/v1/accounts/acme"],
          ["OPTIONS", "/v1/accounts/acme"],
          ["OPTIONS", "/ingest/drop"],
          ["GET", "/openapi.json"],
        ] as const) {
          const headers = { origin, "access-control-request-method": "PUT" };
          const answer = await ask(bench, path, { method, headers });
          const allowed = Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"));
          expect([origin, path, allowed]).toEqual([origin, path, []]);
        }
    },
  },
  {
    id: "I25",
    what: "a page of the gate's inside another's",
    async run(bench) {
      const page = await ask(bench, "/docs", { token: null });
      expect(page.status).toBe(200);
      expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
      expect(page.headers["set-cookie"]).toBeUndefined();
    },
  },
  {
    id: "I35",
    what: "a URL that the gate is made to call",
    async run(bench) {
      const config = catalogueConfig({ main: "http://127.0.0.1:1", other: "http://127.0.0.1:2" });
      const withUrl = (url: string) =>
        parseConfig({ ...config, impact_webhook: { url, secret: "IMPACT_SECRET" } }).ok;
      expect(withUrl("https://hooks.example/impact")).toBe(true);
      for (const url of [
        "http://10.0.0.1/x",
        "http://hooks.example/x",
        "file:///etc/passwd",
        "https://a:b@hooks.example/x",
      ])
        expect([url, withUrl(url)]).toEqual([url, false]);
      const url = `${bench.rig.upstreams.other.url}/${MARKER}`;
      bench.reset();
      for (const more of [{ impact_webhook: { url } }, { webhook: url }, { jwks_url: url }]) {
        const answer = await ask(bench, "/v1/accounts/acme", { method: "PUT", body: more });
        expect([answer.status, codeOf(answer)]).toEqual([400, "field_unknown"]);
      }
      expect(bench.rig.upstreams.other.begun).toBe(0);
    },
  },
];
