/** The development issuer's key, kept in a state folder and readable by its owner alone, and tokens signed with it. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLAIM_DEFAULTS, type Role } from "../src/config/identity.ts";
import { DEVELOPMENT_AUDIENCE, DEVELOPMENT_ISSUER } from "../src/identity/development.ts";

const KEY_FILE = "development-issuer.json";
const KID = "development";

export interface TokenFor {
  readonly role: Role;
  readonly account?: string | undefined;
  readonly conversation?: string | undefined;
  readonly person: string;
  /** How long it is good, s. */
  readonly ttl: number;
}

export interface DevelopmentIssuer {
  /** Its public keys, for the gate's TENFOUR_DEV_JWKS. */
  readonly jwks: string;
  token(wanted: TokenFor): string;
}

/** Makes the key on first use. `stateDir` is made if it is not there. */
export function developmentIssuerIn(stateDir: string): DevelopmentIssuer {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const file = join(stateDir, KEY_FILE);
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(file, `${JSON.stringify(privateKey.export({ format: "jwk" }))}\n`, { mode: 0o600 });
  }
  chmodSync(file, 0o600);
  const key = createPrivateKey({ key: JSON.parse(readFileSync(file, "utf8")), format: "jwk" });
  const publicKey = { ...createPublicKey(key).export({ format: "jwk" }), kid: KID, alg: "EdDSA", use: "sig" };
  return {
    jwks: JSON.stringify({ keys: [publicKey] }),
    token({ role, account, conversation, person, ttl }) {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: DEVELOPMENT_ISSUER,
        aud: DEVELOPMENT_AUDIENCE,
        sub: person,
        iat: now,
        exp: now + ttl,
        [CLAIM_DEFAULTS.role]: role,
        [CLAIM_DEFAULTS.account]: account,
        [CLAIM_DEFAULTS.conversation]: conversation,
      };
      const signed = `${segment({ alg: "EdDSA", typ: "JWT", kid: KID })}.${segment(claims)}`;
      return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
    },
  };
}

function segment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
