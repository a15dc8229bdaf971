/** What goes out, measured. A window that leaves exactly as it came is not hashed again: its digest is that of what came in. */
import type { KeyedDigest } from "../base/digest.ts";
import type { Window } from "./windows.ts";

export class Sent {
  #digest: KeyedDigest;
  /** Whether all that has left is what had come in. */
  #asCame = true;
  /** The window that is leaving as it came, and how much of it has. */
  #leaving: { readonly window: Window; bytes: number } | null = null;

  constructor(digest: KeyedDigest) {
    this.#digest = digest;
  }

  /** A window is about to leave: `unchanged`, if every record of it does and as it is. */
  begin(window: Window, unchanged: boolean): void {
    this.#asCame &&= unchanged && window.asCame !== null;
    if (this.#asCame) this.#leaving = { window, bytes: 0 };
  }

  add(bytes: Uint8Array): void {
    if (this.#leaving === null) this.#digest.add(bytes);
    else this.#leaving.bytes += bytes.length;
  }

  /** The window has left. */
  done(): void {
    if (this.#leaving === null) return;
    this.#digest = this.#leaving.window.asCame!;
    this.#leaving = null;
  }

  /** What is left of the window will not leave as it came, after all. */
  diverge(): void {
    this.#asCame = false;
    if (this.#leaving === null) return;
    const { window, bytes } = this.#leaving;
    this.#leaving = null;
    const separators = window.firstIndex > 0 ? Math.min(1, bytes) : 0;
    if (separators > 0) this.#digest.add(Uint8Array.of(window.separator));
    this.#digest.add(window.bytes.subarray(0, bytes - separators));
  }

  /** Ends the measuring. */
  end(): { bytes: number; digest: string } {
    this.diverge();
    return this.#digest.end();
  }
}
