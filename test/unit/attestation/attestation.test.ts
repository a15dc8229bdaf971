/** The gate's word to its upstreams: the RFC's vector, and everything an upstream must refuse. */
import { Hono } from "hono";
import { expect, test } from "vitest";
import { contentDigest } from "../../../src/attestation/content-digest.ts";
import { attestationHeaders, type Forwarded } from "../../../src/attestation/sign.ts";
import {
  formatParameters,
  ourMember,
  parseParameters,
  signatureBase,
} from "../../../src/attestation/signature-base.ts";
import {
  type Attestation,
  DIGEST_BODY_BYTES_MAX,
  gateOnly,
  MemoryReplayStore,
  readGateKeys,
  type UpstreamPolicy,
  verifyRequest,
} from "../../../src/attestation/upstream.ts";
import { fromBase64Url, toBase64 } from "../../../src/base/base64.ts";
import { publicKeyOf, signingKey, signWith } from "../../../src/base/ed25519.ts";
import { keyPair } from "../ledger/keys.ts";

test("RFC 9421, appendix B.2.6: the base, and its signature to the byte", async () => {
  const seed = fromBase64Url("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU")!;
  expect(await publicKeyOf(seed)).toEqual(fromBase64Url("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"));
  const parameters =
    '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';
  const base = signatureBase(
    [
      ["date", "Tue, 20 Apr 2021 02:07:55 GMT"],
      ["@method", "POST"],
      ["@path", "/foo"],
      ["@authority", "example.com"],
      ["content-type", "application/json"],
      ["content-length", "18"],
    ],
    parameters,
  );
  const signature = await signWith(await signingKey(seed), new TextEncoder().encode(base));
  expect(toBase64(signature)).toBe(
    "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
  );
});

test("RFC 9530, appendix B: content digests", () => {
  expect(contentDigest(new TextEncoder().encode('{"hello": "world"}\n'))).toBe(
    "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
  );
  expect(contentDigest(new Uint8Array())).toBe("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
});

const NOW = 1_790_000_000_000;
const TARGET = "https://train.example/ingest";
const BODY = new TextEncoder().encode('{"type":"content"}\n');
const FORWARDED: Forwarded = {
  method: "POST",
  targetUri: TARGET,
  exchange: "ex_1",
  route: "meetings",
  purpose: "train",
  configuration: "c0ffee",
  contentDigest: null,
};

async function policy(changed: Partial<UpstreamPolicy> = {}): Promise<UpstreamPolicy> {
  const keys = await readGateKeys(`# gate\n${(await keyPair(1, "gate.example")).line}\n`);
  return { keys, target: TARGET, routes: ["meetings"], replay: new MemoryReplayStore(10), ...changed };
}

interface Sent {
  readonly forwarded?: Partial<Forwarded>;
  readonly headers?: (headers: Record<string, string>) => Record<string, string>;
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly digit?: number;
  readonly signedAt?: number;
}

/** A request of the gate, with something done to it. */
async function sent({
  forwarded,
  headers = (own) => own,
  method = "POST",
  body = BODY,
  digit = 1,
  signedAt = NOW,
}: Sent = {}) {
  const { attester } = await keyPair(digit, "gate.example");
  const attested = attestationHeaders({ ...FORWARDED, ...forwarded }, attester, signedAt);
  return new Request("http://127.0.0.1:9/anything", {
    method,
    headers: headers({ ...attested, "content-length": String(body.length) }),
    body,
  });
}

async function verdict(request: Request, with_: Partial<UpstreamPolicy> = {}, now = NOW): Promise<string> {
  const attested = await verifyRequest(request, await policy(with_), now);
  return attested.ok ? "ok" : attested.code;
}

const digest = { contentDigest: contentDigest(BODY) };

test("what the gate sent is taken, and what it says can be read", async () => {
  const request = await sent({ forwarded: digest });
  expect(await verifyRequest(request, await policy(), NOW)).toEqual({
    ok: true,
    attestation: {
      exchange: "ex_1",
      route: "meetings",
      purpose: "train",
      configuration: "c0ffee",
      keyId: expect.stringMatching(/^gate\.example\+[0-9a-f]{8}$/),
      bodyChecked: true,
    },
  });
  expect(new Uint8Array(await request.arrayBuffer())).toEqual(BODY);
  expect(await verdict(await sent())).toBe("ok");
});

test("a request that went around the gate is refused", async () => {
  const bare = new Request(TARGET, { method: "POST", body: BODY });
  expect(await verdict(bare)).toBe("not_attested");
  const without = (name: string) => sent({ headers: ({ [name]: _, ...rest }) => rest });
  expect(await verdict(await without("signature"))).toBe("not_attested");
  expect(await verdict(await without("signature-input"))).toBe("not_attested");
  expect(await verdict(await without("tenfour-exchange"))).toBe("malformed");
  const other = (headers: Record<string, string>) => ({
    ...headers,
    "signature-input": headers["signature-input"]!.replace("tenfour=", "sig1="),
  });
  expect(await verdict(await sent({ headers: other }))).toBe("not_attested");
});

test("another key, and a key that signs for another gate, are refused", async () => {
  expect(await verdict(await sent({ digit: 2 }))).toBe("unknown_key");
  const { attester } = await keyPair(2, "gate.example");
  const { id } = (await keyPair(1, "gate.example")).attester;
  const forged = attestationHeaders(FORWARDED, { ...attester, id }, NOW);
  expect(await verdict(new Request(TARGET, { method: "POST", headers: forged, body: BODY }))).toBe(
    "bad_signature",
  );
});

test("everything that is signed is checked", async () => {
  for (const name of ["tenfour-exchange", "tenfour-route", "tenfour-purpose", "tenfour-configuration"]) {
    const changed = (headers: Record<string, string>) => ({ ...headers, [name]: `${headers[name]}x` });
    expect(await verdict(await sent({ headers: changed })), name).toBe("bad_signature");
  }
  expect(await verdict(await sent({ method: "PUT" }))).toBe("bad_signature");
  expect(await verdict(await sent(), { target: "https://train.example/other" })).toBe("bad_signature");
  expect(await verdict(await sent({ forwarded: { targetUri: "https://elsewhere.example/ingest" } }))).toBe(
    "bad_signature",
  );
  const input = (from: RegExp | string, to: string) => (headers: Record<string, string>) => ({
    ...headers,
    "signature-input": headers["signature-input"]!.replace(from, to),
  });
  for (const [from, to, code] of [
    [/created=\d+/, "created=1790000001", "bad_signature"],
    [/expires=\d+/, "expires=1790000061", "bad_signature"],
    [/nonce="[^"]+"/, 'nonce="another"', "bad_signature"],
    [/keyid="[^"]+"/, 'keyid="another"', "unknown_key"],
    [/"tenfour-route" /, "", "malformed"],
    [/tag="[^"]+"/, 'tag="other"', "malformed"],
    [/alg="[^"]+"/, 'alg="hmac-sha256"', "malformed"],
    [";created", "; created", "malformed"],
    [/$/, ', tenfour=("@method")', "malformed"],
    [/^/, 'sig1=("@method");created=1, ', "ok"],
    [/^/, 'sig1=("a,tenfour=" "b");x="\\",tenfour=1", ', "ok"],
    [/^/, 'sig1=("@method, ', "malformed"],
  ] as const) {
    expect(await verdict(await sent({ headers: input(from, to) })), `${from} ${to}`).toBe(code);
  }
  const signature = (value: string) => (headers: Record<string, string>) => ({
    ...headers,
    signature: value,
  });
  for (const value of ["tenfour=:!:", "tenfour=AAAA", "tenfour=:AAAA", "tenfour=::"]) {
    expect(await verdict(await sent({ headers: signature(value) })), value).toMatch(
      /malformed|bad_signature/,
    );
  }
});

test("a body is the one the gate sent, where its digest was", async () => {
  const changed = new TextEncoder().encode('{"type":"contenT"}\n');
  expect(await verdict(await sent({ forwarded: digest, body: changed }))).toBe("digest_mismatch");
  expect(await verdict(await sent({ forwarded: digest, body: BODY.slice(1) }))).toBe("digest_mismatch");
  const dropped = ({ "content-digest": _, ...rest }: Record<string, string>) => rest;
  expect(await verdict(await sent({ forwarded: digest, headers: dropped }))).toBe("malformed");
  const added = (headers: Record<string, string>) => ({ ...headers, "content-digest": contentDigest(BODY) });
  expect(await verdict(await sent({ headers: added }))).toBe("malformed");
  const unknownLength = ({ "content-length": _, ...rest }: Record<string, string>) => rest;
  expect(await verdict(await sent({ forwarded: digest, headers: unknownLength }))).toBe("digest_mismatch");
  const tooLong = (headers: Record<string, string>) => ({
    ...headers,
    "content-length": String(DIGEST_BODY_BYTES_MAX + 1),
  });
  expect(await verdict(await sent({ forwarded: digest, headers: tooLong }))).toBe("digest_mismatch");
  expect(await verdict(await sent(), { digestRequired: true })).toBe("digest_missing");
  expect(await verdict(await sent({ forwarded: digest }), { digestRequired: true })).toBe("ok");
});

test("another route, purpose or configuration than agreed is refused", async () => {
  expect(await verdict(await sent({ forwarded: { route: "support" } }))).toBe("wrong_route");
  expect(await verdict(await sent(), { purposes: ["serve"] })).toBe("wrong_purpose");
  expect(await verdict(await sent(), { purposes: ["train"] })).toBe("ok");
  expect(await verdict(await sent(), { configurations: ["other"] })).toBe("wrong_configuration");
  expect(await verdict(await sent(), { configurations: ["c0ffee"] })).toBe("ok");
});

test("time: neither from the future nor expired, within what clocks differ", async () => {
  const at = async (ms: number, skew_s?: number) =>
    verdict(await sent(), skew_s === undefined ? {} : { skew_s }, NOW + ms);
  expect(await at(-30_000)).toBe("ok");
  expect(await at(-30_001)).toBe("not_yet_valid");
  expect(await at(90_000)).toBe("ok");
  expect(await at(90_001)).toBe("expired");
  expect(await at(60_001, 0)).toBe("expired");
  expect(await at(-1, 0)).toBe("not_yet_valid");
});

test("an exchange is taken once, and one that is refused does not use it up", async () => {
  const given = await policy();
  const once = async (request: Request, now = NOW) => {
    const attested = await verifyRequest(request, given, now);
    return attested.ok ? "ok" : attested.code;
  };
  const { attester } = await keyPair(1, "gate.example");
  const headers = attestationHeaders({ ...FORWARDED, ...digest }, attester, NOW);
  const request = (body: Uint8Array) =>
    new Request(TARGET, {
      method: "POST",
      headers: { ...headers, "content-length": String(body.length) },
      body,
    });
  expect(await once(request(BODY.slice(1)))).toBe("digest_mismatch");
  expect(await once(request(BODY))).toBe("ok");
  expect(await once(request(BODY))).toBe("replayed");
  expect(await once(request(BODY), NOW + 89_000)).toBe("replayed");
  expect(await once(request(BODY), NOW + 91_000)).toBe("expired");
  // The same exchange signed again is the same exchange.
  const again = attestationHeaders(FORWARDED, attester, NOW + 1000);
  expect(await once(new Request(TARGET, { method: "POST", headers: again, body: BODY }))).toBe("replayed");
});

test("the store is bounded: full, it takes nothing until something has expired", () => {
  const store = new MemoryReplayStore(3);
  expect([1, 2, 3].map((at) => store.claim(`ex_${at}`, 1000 + at, 0))).toEqual(["fresh", "fresh", "fresh"]);
  expect(store.claim("ex_4", 2000, 500)).toBe("full");
  expect(store.claim("ex_1", 2000, 1001)).toBe("seen");
  expect(store.claim("ex_4", 2000, 1002)).toBe("fresh");
  expect(store.claim("ex_5", 2000, 1002)).toBe("full");
  expect(store.claim("ex_2", 3000, 1003)).toBe("fresh");
});

test("a full store is no way through", async () => {
  const replay = new MemoryReplayStore(1);
  replay.claim("other", NOW + 1_000_000, NOW);
  expect(await verdict(await sent(), { replay })).toBe("replay_store_full");
});

test("as Hono middleware: handlers see the attestation and the body, everything else gets a problem", async () => {
  const app = new Hono<{ Variables: { attestation: Attestation } }>();
  app.use("/ingest", gateOnly(await policy()));
  app.post("/ingest", async (context) =>
    context.json({ ...context.get("attestation"), length: (await context.req.text()).length }),
  );
  const { attester } = await keyPair(1, "gate.example");
  const headers = attestationHeaders({ ...FORWARDED, ...digest }, attester, Date.now());
  const post = (own: Record<string, string>, body = BODY) =>
    app.request("/ingest", {
      method: "POST",
      headers: { ...own, "content-length": String(body.length) },
      body,
    });
  const taken = await post(headers);
  expect(taken.status).toBe(200);
  expect(await taken.json()).toMatchObject({ exchange: "ex_1", bodyChecked: true, length: BODY.length });
  const replayed = await post(headers);
  expect([replayed.status, replayed.headers.get("content-type")]).toEqual([409, "application/problem+json"]);
  expect(await replayed.json()).toMatchObject({ title: "replayed", status: 409 });
  expect((await post({})).status).toBe(401);
  expect((await post(headers, BODY.slice(1))).status).toBe(400);
});

test("values that cannot stand in a header are not signed", async () => {
  const { attester } = await keyPair(1, "gate.example");
  for (const bad of ["", "a\nb", " a", "a ", "\u00e4", "a\u0000"]) {
    expect(() => attestationHeaders({ ...FORWARDED, route: bad }, attester, NOW)).toThrow(RangeError);
  }
});

test("the gate's keys: none, or a line that is none", async () => {
  for (const text of ["", "# nothing\n", "key"]) await expect(readGateKeys(text)).rejects.toThrow(Error);
});

test("parameters and members are read as they are written, and not otherwise", () => {
  const parameters = { created: 1, expires: 61, nonce: "n", keyId: "gate+1" };
  const text = formatParameters(["@method"], parameters);
  expect(parseParameters(text)).toEqual({ names: ["@method"], parameters });
  expect(parseParameters(text.replace("created=1", "created=01"))).toBeNull();
  expect(ourMember("a=1, tenfour=2, b=3")).toBe("2");
  expect(ourMember("a=1")).toBeNull();
  expect(ourMember("tenfour=1, tenfour=1")).toBe("twice");
  expect(ourMember('a="unended')).toBe("twice");
});
