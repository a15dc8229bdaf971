/** Issuers in the configuration: defaults filled in, and every way to be wrong told in a sentence. */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { worldConfig } from "../../support/world.ts";

const KEY = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", kid: "k1" };
const ISSUER = {
  issuer: "https://id.example",
  audience: "tenfour",
  algorithms: ["EdDSA"],
  roles: ["owner", "admin"],
  jwks: { keys: [KEY] },
};
const { jwks: _, ...WITHOUT_KEYS } = ISSUER;
const parse = (...issuers: readonly object[]) =>
  parseConfig({ ...worldConfig("http://127.0.0.1:9"), issuers });

test("claims have defaults; no issuers is none", () => {
  const parsed = parse({ ...WITHOUT_KEYS, jwks_url: "https://id.example/jwks", claims: { person: "oid" } });
  expect(parsed).toMatchObject({
    ok: true,
    config: {
      issuers: [
        {
          claims: {
            role: "tenfour_role",
            account: "tenfour_account",
            conversation: "tenfour_conversation",
            person: "oid",
          },
        },
      ],
    },
  });
  expect(parseConfig(worldConfig("http://127.0.0.1:9"))).toMatchObject({ ok: true, config: { issuers: [] } });
});

describe("refused", () => {
  test.each([
    ["no keys", [WITHOUT_KEYS], "issuers[0].jwks_url: write either"],
    ["keys twice", [{ ...ISSUER, jwks_url: "https://id.example/jwks" }], "issuers[0].jwks_url: write either"],
    [
      "keys over http",
      [{ ...WITHOUT_KEYS, jwks_url: "http://id.example/jwks" }],
      "issuers[0].jwks_url: use https",
    ],
    [
      "a shared secret",
      [{ ...ISSUER, jwks: { keys: [{ kty: "oct", k: "AA" }] } }],
      "issuers[0].jwks.keys[0]",
    ],
    ["a private key", [{ ...ISSUER, jwks: { keys: [{ ...KEY, d: "AA" }] } }], "remove the private part"],
    ["no algorithm", [{ ...ISSUER, algorithms: [] }], "issuers[0].algorithms: name at least one"],
    ["none", [{ ...ISSUER, algorithms: ["none"] }], "issuers[0].algorithms[0]"],
    ["HS256", [{ ...ISSUER, algorithms: ["HS256"] }], "issuers[0].algorithms[0]"],
    ["no audience", [{ ...ISSUER, audience: undefined }], "issuers[0].audience"],
    ["an empty audience", [{ ...ISSUER, audience: "" }], "issuers[0].audience"],
    ["no roles", [{ ...ISSUER, roles: undefined }], "issuers[0].roles"],
    ["an unknown role", [{ ...ISSUER, roles: ["king"] }], "issuers[0].roles[0]"],
    [
      "an operator of some accounts",
      [{ ...ISSUER, roles: ["operator"], accounts: ["acme"] }],
      "issuers[0].roles",
    ],
    ["the same issuer twice", [ISSUER, ISSUER], "issuers[1].issuer"],
    ["a claim that says something else", [{ ...ISSUER, claims: { role: "exp" } }], "issuers[0].claims.role"],
    [
      "an unknown setting",
      [{ ...ISSUER, clock_skew_s: 600 }],
      "issuers[0].clock_skew_s: there is no such setting",
    ],
  ])("%s", (_, issuers, says) => {
    const parsed = parse(...issuers);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? "" : parsed.problems.join("\n")).toContain(says);
  });
});
