/**
 * The demo's configuration with identity providers bound to it: `npm start -- --config demo/identity-providers.config.ts`.
 * Copy `issuers` and make it yours; docs/identity.md says what each member is for, and what a token must say.
 */
import { defineConfig } from "tenfour/config";
import demo from "../tenfour.config.ts";

export default defineConfig({
  ...demo,
  issuers: [
    /** Your own people. Your provider calls the role something else than `tenfour_role`: say what. */
    {
      issuer: "https://id.example.com/",
      audience: "tenfour",
      algorithms: ["RS256"],
      roles: ["operator", "auditor"],
      jwks_url: "https://id.example.com/.well-known/jwks.json",
      claims: { role: "https://id.example.com/tenfour_role" },
    },
    /** A customer's own provider speaks for that customer alone, and makes no operator. */
    {
      issuer: "https://login.northwind.example",
      audience: "api://tenfour",
      algorithms: ["ES256"],
      roles: ["owner", "admin", "auditor"],
      accounts: ["northwind"],
      jwks_url: "https://login.northwind.example/keys",
    },
    /** Who hosts and who takes part, the meeting service knows: it signs their tokens itself, and this is the public key of that. */
    {
      issuer: "https://meetings.example.com",
      audience: "tenfour",
      algorithms: ["EdDSA"],
      roles: ["host", "participant"],
      jwks: {
        keys: [
          {
            ...{ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: "2026-11" },
            x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
          },
        ],
      },
    },
  ],
});
