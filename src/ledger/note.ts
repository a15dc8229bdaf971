/** C2SP signed notes: a text and the lines that sign it. Says what was signed by a key that is trusted, and nothing else. Pure but for WebCrypto. */
import { Buffer } from "node:buffer";
import { fromBase64, toBase64 } from "../base/base64.ts";
import { signWith, verifyWith } from "../base/ed25519.ts";
import { isKeyName, type SignerKey, type VerifierKey } from "./note-keys.ts";

/** Signature lines a note may have. The specification asks for at least 16. */
const SIGNATURES_MAX = 64;
const EM_DASH = "\u2014";
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

export interface NoteSignature {
  readonly name: string;
  /** As in `VerifierKey`. */
  readonly id: string;
  readonly signature: Uint8Array;
}

export interface Note {
  /** With the newline at its end. Not to be read before a signature has been verified. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** `unknown_key`: nobody signed it whose key is at hand. `bad_signature`: a key at hand is named and did not sign this text. */
export type NoteFault = "malformed" | "unknown_key" | "bad_signature";

export type OpenedNote =
  | { readonly ok: true; readonly text: string; readonly signers: readonly VerifierKey[] }
  | { readonly ok: false; readonly fault: NoteFault };

/** Signs a text with every key given, which is how keys rotate. Throws a `RangeError` if it is no note text. */
export async function signNote(text: string, keys: readonly SignerKey[]): Promise<string> {
  if (!isNoteText(text)) throw new RangeError("not the text of a note");
  const message = new TextEncoder().encode(text);
  const lines = await Promise.all(
    keys.map(async ({ name, id, key }) => {
      const signature = await signWith(key, message);
      return `${EM_DASH} ${name} ${toBase64(Uint8Array.of(...Buffer.from(id, "hex"), ...signature))}\n`;
    }),
  );
  return `${text}\n${lines.join("")}`;
}

/** The text, if a key at hand signed it and none at hand is named that did not. */
export async function openNote(note: string, keys: readonly VerifierKey[]): Promise<OpenedNote> {
  const parsed = parseNote(note);
  if (parsed === null) return { ok: false, fault: "malformed" };
  const message = new TextEncoder().encode(parsed.text);
  const signers: VerifierKey[] = [];
  for (const { name, id, signature } of parsed.signatures) {
    const known = keys.find((key) => key.name === name && key.id === id);
    if (known === undefined) continue;
    if (!(await verifyWith(known.key, message, signature))) return { ok: false, fault: "bad_signature" };
    if (!signers.includes(known)) signers.push(known);
  }
  if (signers.length === 0) return { ok: false, fault: "unknown_key" };
  return { ok: true, text: parsed.text, signers };
}

/** null if it is no note. */
export function parseNote(note: string): Note | null {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || CONTROL.test(note) || !note.isWellFormed()) return null;
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [dash, name = "", encoded = "", ...rest] = line.split(" ");
    const bytes = fromBase64(encoded);
    if (dash !== EM_DASH || !isKeyName(name) || bytes === null || bytes.length < 5 || rest.length > 0) {
      return null;
    }
    const id = Buffer.from(bytes.subarray(0, 4)).toString("hex");
    signatures.push({ name, id, signature: bytes.subarray(4) });
  }
  return { text: note.slice(0, end + 1), signatures };
}

function isNoteText(text: string): boolean {
  return text.endsWith("\n") && text !== "\n" && !CONTROL.test(text) && text.isWellFormed();
}
