/** Whether bytes are UTF-8: asked once for all the bytes at hand, and record by record only where the answer is no. */
import { isUtf8 } from "node:buffer";

export class Utf8Proof {
  #all = false;

  /** `bytes[from, to)` are at hand; they begin with a whole character but may end within one. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this.#all = isUtf8(bytes.subarray(from, wholeCharactersEnd(bytes, from, to)));
  }

  /** Of a range within those bytes that begins and ends with ASCII. */
  holds(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#all || isUtf8(bytes.subarray(start, end));
  }
}

function wholeCharactersEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let back = 1; back <= 3 && to - back >= from; back++) {
    const byte = bytes[to - back]!;
    if (byte < 0x80) return to;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? to - back : to;
  }
  return to;
}
