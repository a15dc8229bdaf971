/** Keys for tests: the same name and digit give the same key. */
import { publicKeyOf } from "../../../src/base/ed25519.ts";
import type { TrustedKey } from "../../../src/ledger/checkpoint.ts";
import {
  formatSignerKey,
  formatVerifierKey,
  type PromptSigner,
  parseSignerKey,
  parseVerifierKey,
  promptSigner,
  type SignerKey,
} from "../../../src/ledger/note-keys.ts";

export const ORIGIN = "gate.example/ledger";

export interface KeyPair {
  readonly signer: SignerKey;
  /** The same, for what is forwarded. */
  readonly attester: PromptSigner;
  readonly trusted: TrustedKey;
  /** Its line in `operator.pub`. */
  readonly line: string;
}

const made = new Map<string, Promise<KeyPair>>();

export function keyPair(digit: number, name: string = ORIGIN): Promise<KeyPair> {
  const known = made.get(`${digit} ${name}`) ?? makeKeyPair(digit, name);
  made.set(`${digit} ${name}`, known);
  return known;
}

async function makeKeyPair(digit: number, name: string): Promise<KeyPair> {
  const seed = new Uint8Array(32).fill(digit);
  const text = formatSignerKey(name, await publicKeyOf(seed), seed);
  const signer = await parseSignerKey(text);
  const line = formatVerifierKey(signer!);
  const trusted = { verifier: (await parseVerifierKey(line))!, sizeMax: null };
  return { signer: signer!, attester: promptSigner(text)!, trusted, line };
}
