/** docs/identity.md and the configuration it shows: the tokens on the page are accepted by it, as what the page says, and by nothing looser. */
import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import config from "../../../demo/identity-providers.config.ts";
import { ROOT } from "../../../scripts/bundle.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import { personVerifier } from "../../../src/identity/person-token.ts";
import { segment } from "../../support/issuer.ts";

const NOW = Date.UTC(2026, 10, 22, 9);
const page = readFileSync(join(ROOT, "docs/identity.md"), "utf8");
const parsed = parseConfig(config);
if (!parsed.ok) throw new Error(parsed.problems.join());
const { issuers } = parsed.config;

const PAIRS = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: generateKeyPairSync("ed25519"),
};
type Algorithm = keyof typeof PAIRS;
const jwks = (alg: Algorithm) => ({
  keys: [{ ...PAIRS[alg].publicKey.export({ format: "jwk" }), alg, kid: "k" }],
});

/** As configured, but that we hold the keys. */
const verify = personVerifier(
  issuers.map((one) => (one.jwks === undefined ? one : { ...one, jwks: jwks("EdDSA") })),
  async (url) => jwks(issuers.find((one) => one.jwks_url === url)!.algorithms[0] as Algorithm),
  () => NOW,
);

function signed(payload: Readonly<Record<string, unknown>>): string {
  const alg = issuers.find(({ issuer }) => issuer === payload.iss)!.algorithms[0] as Algorithm;
  const content = `${segment({ alg, kid: "k" })}.${segment({ ...payload, exp: NOW / 1_000 + 300 })}`;
  const key = { key: PAIRS[alg].privateKey, dsaEncoding: "ieee-p1363" as const };
  const signature = sign(alg === "EdDSA" ? null : "sha256", Buffer.from(content), key);
  return `${content}.${signature.toString("base64url")}`;
}

const tokens = [...page.matchAll(/^```json (\w+)\n(.*)\n```$/gm)].map(([, role, json]) => ({
  role: role!,
  payload: JSON.parse(json!) as Record<string, string>,
}));

test("the page shows a token of each provider", () => {
  expect(tokens.map(({ payload }) => payload.iss)).toEqual(issuers.map(({ issuer }) => issuer));
});

test.each(tokens)("$role: accepted as the page says", async ({ role, payload }) => {
  const { sub, iss, tenfour_account = null, tenfour_conversation = null } = payload;
  expect(await verify(signed(payload))).toEqual({
    ok: true,
    person: {
      ...{ role, issuer: iss, subject: sub, person: sub },
      ...{ account: tenfour_account, conversation: tenfour_conversation },
    },
  });
});

test.each(tokens)(
  "$role: not with a role or an account that its provider does not speak for",
  async ({ payload }) => {
    const roles = Object.keys(payload).filter((name) => name.endsWith("tenfour_role"));
    for (const role of ["operator", "owner", "host"].filter((one) => one !== payload[roles[0]!])) {
      expect(await verify(signed({ ...payload, [roles[0]!]: role }))).toMatchObject({ ok: false });
    }
    const others = await verify(signed({ ...payload, tenfour_account: "acme" }));
    expect(others.ok).toBe(payload.tenfour_role === "host");
  },
);

test("the block of the page is the configuration's own", () => {
  const block = /^```ts\n([\s\S]*?)^```$/m.exec(page)![1]!;
  expect(readFileSync(join(ROOT, "demo/identity-providers.config.ts"), "utf8")).toContain(block);
});
