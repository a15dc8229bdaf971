/** The platform's inflating, with a reader that brings its own buffer, which Node's has not. */
import { gunzipSync } from "node:zlib";

/** As the platform's: a stream of bytes that inflates one member and fails on anything else. */
export class Inflater {
  readonly readable: ReadableStream;
  readonly writable: WritableStream<Uint8Array>;

  constructor(format: string) {
    if (format !== "gzip") throw new TypeError("an unknown format");
    let out!: ReadableByteStreamController;
    this.readable = new ReadableStream({
      type: "bytes",
      start: (controller) => {
        out = controller as ReadableByteStreamController;
      },
    });
    const wire: Uint8Array[] = [];
    const end = () => {
      out.close();
      out.byobRequest?.respond(0);
    };
    this.writable = new WritableStream<Uint8Array>({
      write: (piece) => void wire.push(piece.slice()),
      close: () => {
        if (wire.length === 0) return end();
        try {
          out.enqueue(new Uint8Array(gunzipSync(Buffer.concat(wire))));
          end();
        } catch (error) {
          out.error(error);
        }
      },
      abort: (reason) => out.error(reason ?? new TypeError("aborted")),
    });
  }
}
