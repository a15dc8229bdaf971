/** C2SP checkpoints: how large a log was and the root of its tree, signed. Pure but for WebCrypto. */
import { fromBase64, toBase64 } from "../base/base64.ts";
import { HASH_BYTES, type Hash } from "./hashing.ts";
import { type NoteFault, openNote, signNote } from "./note.ts";
import type { SignerKey, VerifierKey } from "./note-keys.ts";

export interface Checkpoint {
  /** Which log: the name of its keys. */
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** A key that is trusted, and up to which size of the log: a key that was retired signs nothing larger. */
export interface TrustedKey {
  readonly verifier: VerifierKey;
  /** null: without end. */
  readonly sizeMax: number | null;
}

/** `retired_key`: signed only by keys that were retired at a smaller size. `origin`: of another log than the key that signed it. */
export type CheckpointFault = NoteFault | "retired_key" | "origin";

export type OpenedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly signers: readonly VerifierKey[] }
  | { readonly ok: false; readonly fault: CheckpointFault };

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** The text of a checkpoint without extension lines, which no log of ours writes; null if it is none. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const [origin = "", digits = "", encoded = "", end, ...rest] = text.split("\n");
  const root = fromBase64(encoded);
  const size = Number(digits);
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(digits) || !Number.isSafeInteger(size)) return null;
  if (root?.length !== HASH_BYTES || end !== "" || rest.length > 0) return null;
  return { origin, size, root };
}

/** Every key of `keys` signs: the one in use, and during a rotation the next one too. */
export async function signCheckpoint(checkpoint: Checkpoint, keys: readonly SignerKey[]): Promise<string> {
  return signNote(formatCheckpoint(checkpoint), keys);
}

/** The checkpoint, if a trusted key of its origin signed it while it was in use. */
export async function openCheckpoint(note: string, keys: readonly TrustedKey[]): Promise<OpenedCheckpoint> {
  const opened = await openNote(
    note,
    keys.map(({ verifier }) => verifier),
  );
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint === null) return { ok: false, fault: "malformed" };
  const own = opened.signers.filter(({ name }) => name === checkpoint.origin);
  if (own.length === 0) return { ok: false, fault: "origin" };
  const signers = own.filter((signer) => isInUse(keys, signer, checkpoint.size));
  if (signers.length === 0) return { ok: false, fault: "retired_key" };
  return { ok: true, checkpoint, signers };
}

function isInUse(keys: readonly TrustedKey[], signer: VerifierKey, size: number): boolean {
  return keys.some(({ verifier, sizeMax }) => verifier === signer && (sizeMax === null || size <= sizeMax));
}
