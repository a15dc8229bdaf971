/**
 * The real worker, and a note of every piece of a body at the instant it is handed to the platform for the upstream: what leaves after a
 * decision cannot be told from the upstream's side alone, where bytes may have waited in a socket's buffer. For tests only.
 */
import worker from "../../src/worker.ts";
import { HANDED_PATH, type HandedOn, type Statement } from "./race-handed.ts";

let handed: HandedOn[] = [];
const keys = new WeakMap<object, string>();

const realFetch = globalThis.fetch;
globalThis.fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
  const { body } = init ?? {};
  const key = new Headers(init?.headers).get("idempotency-key") ?? "";
  if (body instanceof ReadableStream) keys.set(body, key);
  else if (body instanceof Uint8Array) handed.push({ key, at: Date.now(), bytes: body.length });
  return realFetch(input, init);
};

function watched<Stream extends { readonly readable: ReadableStream; readonly writable: WritableStream }>(
  stream: Stream,
): Stream {
  const { readable, writable } = stream;
  const getWriter = writable.getWriter.bind(writable);
  writable.getWriter = () => {
    const writer = getWriter();
    const write = writer.write.bind(writer);
    writer.write = (bytes: Uint8Array) => {
      handed.push({ key: keys.get(readable) ?? "", at: Date.now(), bytes: bytes.length });
      return write(bytes);
    };
    return writer;
  };
  return stream;
}

const RealIdentity = IdentityTransformStream;
const RealFixed = FixedLengthStream;
Object.assign(globalThis, {
  IdentityTransformStream: function IdentityTransformStream() {
    return watched(new RealIdentity());
  },
  FixedLengthStream: function FixedLengthStream(length: number) {
    return watched(new RealFixed(length));
  },
});

export default {
  async fetch(request: Request, env: Parameters<typeof worker.fetch>[1], ctx: ExecutionContext) {
    if (new URL(request.url).pathname !== HANDED_PATH) return worker.fetch(request, env, ctx);
    if (request.method === "PUT") {
      const statements: Statement[] = await request.json();
      await env.CONSENT.batch(statements.map(([sql, values]) => env.CONSENT.prepare(sql).bind(...values)));
      return new Response();
    }
    const answer = Response.json(handed);
    handed = [];
    return answer;
  },
};
