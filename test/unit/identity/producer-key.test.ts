import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  issueProducerKey,
  keySecretProblem,
  PRODUCER_KEY_CHARS_MAX,
  type ProducerKey,
  verifyProducerKey,
} from "../../../src/identity/producer-key.ts";

const SECRET = Buffer.alloc(32, 1).toString("base64url");
const OTHER = Buffer.alloc(32, 2).toString("base64url");
const CLAIMS: ProducerKey = {
  id: "key_1",
  producer: "recorder",
  accounts: ["acme", "4kSn+A/="],
  routes: ["train"],
  issuedAt: 1_000_000,
  expiresAt: 2_000_000,
};
const HEADER = '{"alg":"HS256","typ":"tenfour-producer+jwt"}';
const PAYLOAD =
  '{"jti":"key_1","sub":"recorder","accounts":["acme"],"routes":["train"],"iat":1000,"exp":2000}';

const encode = (text: string | Buffer): string => Buffer.from(text).toString("base64url");

/** A key with a good signature over whatever it says. */
function forged(header: string, payload: string): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  const signature = createHmac("sha256", Buffer.from(SECRET, "base64url")).update(signed).digest();
  return `tf_${signed}.${encode(signature)}`;
}

describe("producer keys", () => {
  test("what was issued verifies, and says what was claimed", async () => {
    const key = await issueProducerKey(CLAIMS, SECRET);
    expect(key).toMatch(/^tf_[\w-]+\.[\w-]+\.[\w-]{43}$/);
    expect(await verifyProducerKey(key, SECRET, 1_999_999)).toEqual({ ok: true, key: CLAIMS });
  });

  test("a key made by hand as documented verifies", async () => {
    expect(await verifyProducerKey(forged(HEADER, PAYLOAD), SECRET, 0)).toMatchObject({ ok: true });
  });

  test("expired from the instant it names", async () => {
    const key = await issueProducerKey(CLAIMS, SECRET);
    expect(await verifyProducerKey(key, SECRET, 2_000_000)).toEqual({ ok: false, fault: "key_expired" });
  });

  test("another secret's signature", async () => {
    const key = await issueProducerKey(CLAIMS, OTHER);
    expect(await verifyProducerKey(key, SECRET, 0)).toEqual({ ok: false, fault: "key_signature" });
  });

  test("the signature is checked before the expiry", async () => {
    const key = await issueProducerKey(CLAIMS, OTHER);
    expect(await verifyProducerKey(key, SECRET, 9e12)).toEqual({ ok: false, fault: "key_signature" });
  });

  test("every changed character is noticed", async () => {
    const key = await issueProducerKey(CLAIMS, SECRET);
    for (let i = 0; i < key.length; i++) {
      const changed = key.slice(0, i) + (key[i] === "A" ? "B" : "A") + key.slice(i + 1);
      expect((await verifyProducerKey(changed, SECRET, 0)).ok, `character ${i}`).toBe(false);
    }
  });

  test.each([
    ["alg none", '{"alg":"none","typ":"tenfour-producer+jwt"}'],
    ["another alg", '{"alg":"HS512","typ":"tenfour-producer+jwt"}'],
    ["no typ", '{"alg":"HS256"}'],
    ["another typ", '{"alg":"HS256","typ":"JWT"}'],
    ["crit", '{"alg":"HS256","typ":"tenfour-producer+jwt","crit":["b64"],"b64":false}'],
    ["jku", '{"alg":"HS256","typ":"tenfour-producer+jwt","jku":"https://evil.example/keys"}'],
    ["jwk", '{"alg":"HS256","typ":"tenfour-producer+jwt","jwk":{"kty":"oct","k":"AA"}}'],
    ["x5u", '{"alg":"HS256","typ":"tenfour-producer+jwt","x5u":"https://evil.example/cert"}'],
    ["a duplicate member", '{"alg":"none","alg":"HS256","typ":"tenfour-producer+jwt"}'],
  ])("header refused: %s", async (_, header) => {
    const result = await verifyProducerKey(forged(header, PAYLOAD), SECRET, 0);
    expect(result).toEqual({ ok: false, fault: "key_malformed" });
  });

  test.each([
    ["a duplicate claim", PAYLOAD.replace('"exp":2000', '"exp":1,"exp":2000')],
    ["another claim", PAYLOAD.replace('"exp":2000', '"exp":2000,"aud":"x"')],
    ["a missing claim", PAYLOAD.replace(',"exp":2000', "")],
    ["exp as text", PAYLOAD.replace("2000", '"2000"')],
    ["exp with a fraction", PAYLOAD.replace("2000", "2000.5")],
    ["exp beyond numbers", PAYLOAD.replace("2000", "1e400")],
    ["exp in another spelling", PAYLOAD.replace("2000", "2e3")],
    ["exp negative", PAYLOAD.replace("2000", "-2000")],
    ["accounts no array", PAYLOAD.replace('["acme"]', '"acme"')],
    ["an account that is no id", PAYLOAD.replace("acme", "a b")],
    ["an empty route", PAYLOAD.replace('"train"', '""')],
    ["an escaped spelling", PAYLOAD.replace("acme", "\\u0061cme")],
    ["white space", PAYLOAD.replace(",", ", ")],
    ["a byte order mark", `\ufeff${PAYLOAD}`],
    ["__proto__", PAYLOAD.replace('"exp":2000', '"exp":2000,"__proto__":{}')],
    ["null", "null"],
    ["not JSON", "x"],
  ])("claims refused: %s", async (_, payload) => {
    const result = await verifyProducerKey(forged(HEADER, payload), SECRET, 0);
    expect(result).toEqual({ ok: false, fault: "key_malformed" });
  });

  test("segments spelt otherwise than encoding would are refused before the decoder sees them", async () => {
    const key = forged(HEADER, PAYLOAD);
    const [header, payload, signature] = key.slice(3).split(".") as [string, string, string];
    const last = signature.at(-1)!;
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const sibling = alphabet[alphabet.indexOf(last) ^ 1]!;
    const spellings = [
      `tf_${header}.${payload}.${signature.slice(0, -1)}${sibling}`,
      `tf_${header}.${payload}.${signature}=`,
      `tf_${header}.${payload}.${signature} `,
      `tf_${header}.${payload}\n.${signature}`,
      `tf_${header}.${payload} .${signature}`,
      `tf_${header}=.${payload}.${signature}`,
      `tf_${header}.${payload}.${signature.replace("-", "+").replace("_", "/")}+`,
      `tf_${header}.${payload}.`,
      `tf_${header}..${signature}`,
      `tf_${header}.${payload}`,
      `tf_${header}.${payload}.${signature}.`,
      `tf_${key}`,
      key.slice(3),
      ` ${key}`,
      "",
      "tf_",
      `tf_${"A".repeat(PRODUCER_KEY_CHARS_MAX)}`,
    ];
    for (const spelling of spellings) {
      const result = await verifyProducerKey(spelling, SECRET, 0);
      expect(result, spelling).toEqual({ ok: false, fault: "key_malformed" });
    }
  });

  test("a key that no header would carry is not issued", async () => {
    const accounts = Array.from({ length: 40 }, (_, i) => `${i}`.padStart(256, "a"));
    await expect(issueProducerKey({ ...CLAIMS, accounts }, SECRET)).rejects.toThrow(RangeError);
  });

  test.each(["", "short", "not base64url at all, and long enough to be one", `${SECRET}=`])(
    "secret refused: %j",
    async (secret) => {
      expect(keySecretProblem(secret)).toContain("TENFOUR_KEY_SECRET");
      await expect(verifyProducerKey(forged(HEADER, PAYLOAD), secret, 0)).rejects.toThrow(TypeError);
    },
  );
});
