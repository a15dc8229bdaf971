/** `npm run ledger-key -- NAME`: a new key for the ledger's checkpoints, and the line of `operator.pub` to publish. NAME: the log's, such as `gate.example/ledger`. */
import { randomBytes } from "node:crypto";
import { publicKeyOf, SEED_BYTES } from "../src/base/ed25519.ts";
import { formatSignerKey, formatVerifierKey, keyId, parseSignerKey } from "../src/ledger/note-keys.ts";

export interface LedgerKey {
  /** For TENFOUR_LEDGER_KEY. */
  readonly secret: string;
  /** For `operator.pub`. */
  readonly published: string;
}

/** Throws a `RangeError` at a name with spaces or a plus sign. */
export async function newLedgerKey(name: string): Promise<LedgerKey> {
  const seed = new Uint8Array(randomBytes(SEED_BYTES));
  const publicKey = await publicKeyOf(seed);
  return {
    secret: formatSignerKey(name, publicKey, seed),
    published: formatVerifierKey({ name, id: keyId(name, publicKey), publicKey }),
  };
}

/** The lines of `operator.pub` for what is in TENFOUR_LEDGER_KEY. Throws if that is no key. */
export async function publishedKeys(secret: string): Promise<string> {
  const signers = await Promise.all(secret.split(" ").map(parseSignerKey));
  return signers.map((signer) => `${formatVerifierKey(signer!)}\n`).join("");
}

if (import.meta.main) {
  const name = process.argv[2];
  if (name === undefined) throw new Error("Say the log's name: npm run ledger-key -- gate.example/ledger");
  const { secret, published } = await newLedgerKey(name);
  console.log(`TENFOUR_LEDGER_KEY   ${secret}\noperator.pub         ${published}`);
}
