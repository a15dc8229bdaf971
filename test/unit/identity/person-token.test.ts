/** People's tokens: what is believed, and everything that only looks like it. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CLAIM_DEFAULTS, ROLES, type TokenAlgorithm } from "../../../src/config/identity.ts";
import type { Issuer } from "../../../src/identity/issuer.ts";
import { type PersonResult, personVerifier } from "../../../src/identity/person-token.ts";

/** Unix seconds. */
const NOW = 1_800_000_000;
const SKEW_S = 60;
const ISS = "https://id.example";

const ed = generateKeyPairSync("ed25519");
const other = generateKeyPairSync("ed25519");
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" });

const jwk = (key: KeyObject, kid: string, more: object = {}) => ({
  ...createPublicKey(key.export({ format: "pem", type: "spki" })).export({ format: "jwk" }),
  kid,
  ...more,
});

const issuer = (more: Partial<Issuer> = {}): Issuer => ({
  issuer: ISS,
  audience: "tenfour",
  algorithms: ["EdDSA"],
  roles: ROLES,
  claims: CLAIM_DEFAULTS,
  jwks: { keys: [jwk(ed.publicKey, "k1")] },
  ...more,
});

const b64 = (text: string | Buffer): string => Buffer.from(text).toString("base64url");
const HEADER = '{"alg":"EdDSA","typ":"JWT","kid":"k1"}';
const PAYLOAD = JSON.stringify({
  iss: ISS,
  aud: "tenfour",
  sub: "olga",
  iat: NOW,
  nbf: NOW,
  exp: NOW + 3600,
  tenfour_role: "owner",
  tenfour_account: "acme",
});

type Sign = (signed: string) => Buffer;
const byEd: Sign = (signed) => sign(null, Buffer.from(signed), ed.privateKey);

/** A token with a good signature over whatever it says. */
function token(header = HEADER, payload = PAYLOAD, signature: Sign = byEd): string {
  const signed = `${b64(header)}.${b64(payload)}`;
  return `${signed}.${b64(signature(signed))}`;
}

const verify = (text: string, of: Issuer = issuer(), at = NOW * 1000): Promise<PersonResult> =>
  personVerifier(
    [of],
    () => Promise.reject(new Error("no network")),
    () => at,
  )(text);
const codeOf = async (text: string, of?: Issuer, at?: number): Promise<string> => {
  const result = await verify(text, of, at);
  return result.ok ? "ok" : result.fault.code;
};
const claims = (change: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(PAYLOAD), ...change });
const swap = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`${from} is not there`);
  return text.replace(from, to);
};

test("what an issuer signed says who asks", async () => {
  expect(await verify(token())).toEqual({
    ok: true,
    person: {
      issuer: ISS,
      subject: "olga",
      role: "owner",
      account: "acme",
      conversation: null,
      person: "olga",
    },
  });
});

describe("algorithms are pinned by the configuration", () => {
  const signers: Readonly<Record<TokenAlgorithm, readonly [KeyObject, Sign]>> = {
    EdDSA: [ed.publicKey, byEd],
    ES256: [
      p256.publicKey,
      (s) => sign("sha256", Buffer.from(s), { key: p256.privateKey, dsaEncoding: "ieee-p1363" }),
    ],
    ES384: [
      p384.publicKey,
      (s) => sign("sha384", Buffer.from(s), { key: p384.privateKey, dsaEncoding: "ieee-p1363" }),
    ],
    RS256: [rsa.publicKey, (s) => sign("sha256", Buffer.from(s), rsa.privateKey)],
    PS256: [
      rsa.publicKey,
      (s) => sign("sha256", Buffer.from(s), { key: rsa.privateKey, padding: 6, saltLength: 32 }),
    ],
  };
  const every = Object.entries(signers) as [TokenAlgorithm, readonly [KeyObject, Sign]][];

  test.each(every)("%s", async (alg, [key, signature]) => {
    const of = issuer({ algorithms: [alg], jwks: { keys: [jwk(key, "k1")] } });
    const header = JSON.stringify({ alg, kid: "k1" });
    expect(await codeOf(token(header, PAYLOAD, signature), of)).toBe("ok");
    const others = every.map(([name]) => name).filter((name) => name !== alg);
    expect(await codeOf(token(header, PAYLOAD, signature), { ...of, algorithms: others })).toBe(
      "token_wrong",
    );
    for (const name of others) {
      const lying = JSON.stringify({ alg: name, kid: "k1" });
      expect(await codeOf(token(lying, PAYLOAD, signature), { ...of, algorithms: [alg, name] }), name).toBe(
        "token_wrong",
      );
    }
  });

  const pem = rsa.publicKey.export({ format: "pem", type: "spki" });
  const der = rsa.publicKey.export({ format: "der", type: "spki" });
  const modulus = Buffer.from(String(rsa.publicKey.export({ format: "jwk" }).n), "base64url");
  const hmac =
    (key: string | Buffer): Sign =>
    (s) =>
      createHmac("sha256", key).update(s).digest();
  test.each([
    ["none", '{"alg":"none"}', () => Buffer.alloc(1)],
    ["None", '{"alg":"None","kid":"k1"}', () => Buffer.alloc(64)],
    ["HS256 with the public key's PEM", '{"alg":"HS256","kid":"k1"}', hmac(pem)],
    ["HS256 with the public key's DER", '{"alg":"HS256","kid":"k1"}', hmac(der)],
    ["HS256 with the modulus", '{"alg":"HS256","kid":"k1"}', hmac(modulus)],
    ["HS256 with nothing", '{"alg":"HS256","kid":"k1"}', hmac("x")],
    ["a name in another case", '{"alg":"rs256","kid":"k1"}', signers.RS256[1]],
    ["an algorithm that is a list", '{"alg":["RS256"],"kid":"k1"}', signers.RS256[1]],
    ["no algorithm", '{"kid":"k1"}', signers.RS256[1]],
    ["null", '{"alg":null,"kid":"k1"}', signers.RS256[1]],
  ])("refused: %s", async (_, header, signature) => {
    const of = issuer({ algorithms: ["RS256"], jwks: { keys: [jwk(rsa.publicKey, "k1")] } });
    expect(await codeOf(token(header, PAYLOAD, signature), of)).toBe("token_wrong");
  });

  test("a modulus of 1024 bits is no key", async () => {
    const of = issuer({ algorithms: ["RS256"], jwks: { keys: [jwk(weak.publicKey, "k1")] } });
    const text = token('{"alg":"RS256","kid":"k1"}', PAYLOAD, (s) =>
      sign("sha256", Buffer.from(s), weak.privateKey),
    );
    expect(await codeOf(text, of)).toBe("token_wrong");
  });
});

describe("the header", () => {
  test.each([
    ["no typ", '{"alg":"EdDSA","kid":"k1"}'],
    ["at+jwt", '{"alg":"EdDSA","typ":"at+jwt","kid":"k1"}'],
    ["the whole media type", '{"alg":"EdDSA","typ":"application/JWT","kid":"k1"}'],
    ["no kid, and one key that fits", '{"alg":"EdDSA"}'],
    ["a thumbprint nobody reads", '{"alg":"EdDSA","x5t":"abc","kid":"k1"}'],
  ])("accepted: %s", async (_, header) => {
    expect(await codeOf(token(header))).toBe("ok");
  });

  test.each([
    ["crit", '{"alg":"EdDSA","kid":"k1","crit":["exp"],"exp":1}'],
    ["an empty crit", '{"alg":"EdDSA","kid":"k1","crit":[]}'],
    ["b64", '{"alg":"EdDSA","kid":"k1","b64":false}'],
    ["jku", '{"alg":"EdDSA","kid":"k1","jku":"https://evil.example/jwks"}'],
    ["jwk", `{"alg":"EdDSA","jwk":${JSON.stringify(jwk(other.publicKey, "k1"))}}`],
    ["x5u", '{"alg":"EdDSA","kid":"k1","x5u":"https://evil.example/cert"}'],
    ["x5c", '{"alg":"EdDSA","kid":"k1","x5c":["AA"]}'],
    ["zip", '{"alg":"EdDSA","kid":"k1","zip":"DEF"}'],
    ["a member twice", '{"alg":"none","alg":"EdDSA","kid":"k1"}'],
    ["a member twice, one escaped", '{"alg":"EdDSA","\\u0061lg":"EdDSA","kid":"k1"}'],
    ["another kid", '{"alg":"EdDSA","kid":"k2"}'],
    ["a kid that is a number", '{"alg":"EdDSA","kid":1}'],
    ["a kid that is a path", '{"alg":"EdDSA","kid":"../../dev/null"}'],
    ["a logout token", '{"alg":"EdDSA","typ":"logout+jwt","kid":"k1"}'],
    ["a producer key's type", '{"alg":"EdDSA","typ":"tenfour-producer+jwt","kid":"k1"}'],
    ["a type that is a number", '{"alg":"EdDSA","typ":1,"kid":"k1"}'],
    ["a byte order mark", `\ufeff${HEADER}`],
    ["an array", '["EdDSA"]'],
    ["not JSON", "EdDSA"],
  ])("refused: %s", async (_, header) => {
    expect(await codeOf(token(header))).toBe("token_wrong");
  });

  test("without a kid, two keys that fit are one too many", async () => {
    const of = issuer({ jwks: { keys: [jwk(ed.publicKey, "k1"), jwk(other.publicKey, "k2")] } });
    expect(await codeOf(token('{"alg":"EdDSA"}'), of)).toBe("token_wrong");
    expect(await codeOf(token(), of)).toBe("ok");
  });

  test.each([
    ["for encryption", { use: "enc" }],
    ["for signing alone", { key_ops: ["sign"] }],
    ["of another algorithm", { alg: "ES256" }],
    ["with a secret in it", { d: "AA" }],
  ])("a key %s is none", async (_, more) => {
    expect(await codeOf(token(), issuer({ jwks: { keys: [jwk(ed.publicKey, "k1", more)] } }))).toBe(
      "token_wrong",
    );
  });
});

describe("segments and signature", () => {
  const [header, payload, signature] = token().split(".") as [string, string, string];
  const last = signature.at(-1)!;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const sibling = alphabet[alphabet.indexOf(last) ^ 1]!;
  test.each([
    ["another last bit that decodes alike", `${header}.${payload}.${signature.slice(0, -1)}${sibling}`],
    ["padding", `${header}.${payload}.${signature}==`],
    ["padding of the header", `${header}=.${payload}.${signature}`],
    ["a space at the end", `${header}.${payload}.${signature} `],
    ["a space inside", `${header}.${payload.slice(0, 8)} ${payload.slice(8)}.${signature}`],
    ["a line end", `${header}.${payload}\n.${signature}`],
    ["the other alphabet", `${header}.${payload}.${signature.slice(0, -2)}+/`],
    ["no signature", `${header}.${payload}.`],
    ["no payload", `${header}..${signature}`],
    ["two segments", `${header}.${payload}`],
    ["four segments", `${header}.${payload}.${signature}.${signature}`],
    ["the signature of something else", `${header}.${b64(claims({ tenfour_account: "beta" }))}.${signature}`],
    ["a signature cut short", `${header}.${payload}.${signature.slice(0, 40)}`],
    ["another's signature", token(HEADER, PAYLOAD, (s) => sign(null, Buffer.from(s), other.privateKey))],
    ["too long", token(HEADER, claims({ pad: "x".repeat(8_000) }))],
    ["nothing", ".."],
  ])("refused: %s", async (_, text) => {
    expect(await codeOf(text)).toBe("token_wrong");
  });
});

describe("claims", () => {
  test.each([
    ["another issuer", claims({ iss: "https://evil.example" }), "token_wrong"],
    ["an issuer with a slash more", claims({ iss: `${ISS}/` }), "token_wrong"],
    ["a list of issuers", claims({ iss: [ISS] }), "token_wrong"],
    ["no issuer", claims({ iss: undefined }), "token_wrong"],
    ["another audience", claims({ aud: "elsewhere" }), "token_wrong"],
    ["no audience", claims({ aud: undefined }), "token_wrong"],
    ["an audience in another case", claims({ aud: "Tenfour" }), "token_wrong"],
    ["audiences without ours", claims({ aud: ["a", "b"] }), "token_wrong"],
    ["audiences with ours", claims({ aud: ["a", "tenfour"] }), "ok"],
    ["no expiry", claims({ exp: undefined }), "token_wrong"],
    ["an expiry that is text", claims({ exp: String(NOW + 3600) }), "token_wrong"],
    ["an expiry with a fraction", claims({ exp: NOW + 0.5 + 3600 }), "token_unfit"],
    ["an expiry in milliseconds", claims({ exp: NOW * 1000 }), "token_unfit"],
    ["an expiry beyond numbers", swap(PAYLOAD, String(NOW + 3600), "1e400"), "token_wrong"],
    ["an expiry that is null", claims({ exp: null }), "token_wrong"],
    ["a negative expiry", claims({ exp: -1 }), "token_expired"],
    ["nbf as text", claims({ nbf: String(NOW) }), "token_wrong"],
    ["iat as text", claims({ iat: String(NOW) }), "token_wrong"],
    ["iat with a fraction", claims({ iat: NOW - 0.5 }), "token_unfit"],
    ["a claim twice", swap(PAYLOAD, '"sub":"olga"', '"sub":"ana","sub":"olga"'), "token_wrong"],
    [
      "a claim twice, one escaped",
      swap(PAYLOAD, '"sub":"olga"', '"s\\u0075b":"ana","sub":"olga"'),
      "token_wrong",
    ],
    ["__proto__", swap(PAYLOAD, '"sub":"olga"', '"__proto__":{"sub":"ana"},"sub":"olga"'), "token_wrong"],
    ["no subject", claims({ sub: undefined }), "token_wrong"],
    ["a subject that is no id", claims({ sub: "ol ga" }), "token_unfit"],
    ["no role", claims({ tenfour_role: undefined }), "token_unfit"],
    ["an unknown role", claims({ tenfour_role: "king" }), "token_unfit"],
    ["a role of the language", claims({ tenfour_role: "constructor" }), "token_unfit"],
    ["one role in a list", claims({ tenfour_role: ["owner"] }), "ok"],
    ["two roles", claims({ tenfour_role: ["owner", "auditor"] }), "token_unfit"],
    ["an owner of nothing", claims({ tenfour_account: undefined }), "token_unfit"],
    ["an owner of everything", claims({ tenfour_account: "" }), "token_unfit"],
    ["an account that is a list", claims({ tenfour_account: ["acme", "beta"] }), "token_unfit"],
    ["an owner bound to a conversation", claims({ tenfour_conversation: "m1" }), "token_unfit"],
    ["an operator bound to an account", claims({ tenfour_role: "operator" }), "token_unfit"],
    ["an operator", claims({ tenfour_role: "operator", tenfour_account: undefined }), "ok"],
    ["a host without a conversation", claims({ tenfour_role: "host" }), "token_unfit"],
    ["a host", claims({ tenfour_role: "host", tenfour_conversation: "m1" }), "ok"],
    ["a participant without a conversation", claims({ tenfour_role: "participant" }), "token_unfit"],
    ["an auditor of one account", claims({ tenfour_role: "auditor" }), "ok"],
    ["an auditor of all", claims({ tenfour_role: "auditor", tenfour_account: undefined }), "ok"],
    ["a null account", claims({ tenfour_role: "auditor", tenfour_account: null }), "token_unfit"],
  ])("%s", async (_, payload, code) => {
    expect(await codeOf(token(HEADER, payload))).toBe(code);
  });

  test.each([
    ["exp", SKEW_S - 1, "ok"],
    ["exp", SKEW_S, "token_expired"],
    ["exp", SKEW_S + 1, "token_expired"],
    ["nbf", -SKEW_S, "ok"],
    ["nbf", -SKEW_S - 1, "token_early"],
    ["iat", -SKEW_S, "ok"],
    ["iat", -SKEW_S - 1, "token_early"],
  ])("%s, read %i s later by our clock: %s", async (name, later, code) => {
    const payload = claims({ exp: NOW + 9_999, iat: NOW, nbf: undefined, [name]: NOW });
    expect(await codeOf(token(HEADER, payload), issuer(), (NOW + later) * 1000)).toBe(code);
  });

  test("an issuer speaks for its roles and its accounts alone", async () => {
    expect(await codeOf(token(), issuer({ roles: ["host", "participant"] }))).toBe("token_unfit");
    expect(await codeOf(token(), issuer({ accounts: ["beta"] }))).toBe("token_unfit");
    expect(await codeOf(token(), issuer({ accounts: ["beta", "acme"] }))).toBe("ok");
    const everywhere = claims({ tenfour_role: "auditor", tenfour_account: undefined });
    expect(await codeOf(token(HEADER, everywhere), issuer({ accounts: ["acme"] }))).toBe("token_unfit");
  });

  test("claims are found where the configuration says, and nowhere else", async () => {
    const of = issuer({
      claims: { ...CLAIM_DEFAULTS, role: "https://acme.example/role", person: "employee" },
    });
    const payload = claims({ "https://acme.example/role": "admin", employee: "e-7" });
    expect(await verify(token(HEADER, payload), of)).toMatchObject({
      person: { role: "admin", person: "e-7", subject: "olga" },
    });
    expect(await codeOf(token(), of)).toBe("token_unfit");
    expect(await codeOf(token(HEADER, claims({ "https://acme.example/role": "admin" })), of)).toBe(
      "token_unfit",
    );
  });

  test("a refusal before the signature is known to be good says nothing of why", async () => {
    const forged = token(HEADER, claims({ exp: 1 }), (s) => sign(null, Buffer.from(s), other.privateKey));
    expect(await codeOf(forged)).toBe("token_wrong");
  });
});
