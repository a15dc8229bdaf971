/** The file of public keys an operator publishes (`operator.pub`): one key a line, oldest first. Pure but for WebCrypto. */
import type { TrustedKey } from "./checkpoint.ts";
import { formatVerifierKey, parseVerifierKey } from "./note-keys.ts";

export type KeyFile =
  | { readonly ok: true; readonly keys: readonly TrustedKey[] }
  /** `line` counts from 1; 0: there is no key in the file. */
  | { readonly ok: false; readonly line: number };

/** Lines: `name+id+key`, for a retired key followed by ` until=SIZE`, the size of the log when it was retired. `#` begins a comment. */
export async function parseKeyFile(text: string): Promise<KeyFile> {
  const keys: TrustedKey[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [written = "", until, ...rest] = line.trim().split(" ");
    const size = /^until=(0|[1-9]\d{0,14})$/.exec(until ?? "")?.[1];
    const verifier = await parseVerifierKey(written);
    if (verifier === null || rest.length > 0 || (until !== undefined && size === undefined)) {
      return { ok: false, line: at + 1 };
    }
    keys.push({ verifier, sizeMax: size === undefined ? null : Number(size) });
  }
  return keys.length === 0 ? { ok: false, line: 0 } : { ok: true, keys };
}

export function formatKeyFile(keys: readonly TrustedKey[]): string {
  return keys
    .map(({ verifier, sizeMax }) => {
      return `${formatVerifierKey(verifier)}${sizeMax === null ? "" : ` until=${sizeMax}`}\n`;
    })
    .join("");
}
