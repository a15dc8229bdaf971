/** The platform as the gate's only fetch sees it: a pipe, a fetch and its answer, each turned by the test. */
import { afterEach, beforeEach, expect, vi } from "vitest";
import type { Forwarded } from "../../../src/attestation/sign.ts";
import { type Sending, Upstream } from "../../../src/gate/upstream.ts";
import { recordRoute } from "./sound-routes.ts";

export const bytes = (text: string) => new TextEncoder().encode(text);
const SENDING: Sending = {
  exchange: "x_1",
  configuration: "digest of the configuration",
  contentType: "application/x-ndjson",
  contentEncoding: null,
  idempotencyKey: null,
};

/** What the stand-ins were asked for, and the answer of the upstream. */
export const wire = {
  fetched: [] as { url: string; init: RequestInit & { headers: Headers; signal: AbortSignal } }[],
  attested: [] as Forwarded[],
  pipes: [] as Pipe[],
  answer: Promise.withResolvers<Response>(),
};

/** The platform's pipe: a write waits until the test takes it, unless it flows. */
class Pipe {
  readonly readable = {} as ReadableStream;
  readonly length: number | null;
  flows = true;
  written: string[] = [];
  ended = false;
  waiting: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly writable: WritableStream;
  constructor(length: number | null = null) {
    this.length = length;
    const step = () => (this.flows ? Promise.resolve() : this.waiting.promise);
    this.writable = {
      getWriter: () => ({
        closed: Promise.reject(new Error("SECRET-7f3a")),
        write: (piece: Uint8Array) => {
          this.written.push(new TextDecoder().decode(piece));
          return step();
        },
        close: () => {
          this.ended = true;
          return step();
        },
      }),
    } as unknown as WritableStream;
    wire.pipes.push(this);
  }
}

/** Fresh stand-ins for each test of the file. */
export function beginWires(): void {
  beforeEach(() => {
    Object.assign(wire, { fetched: [], attested: [], pipes: [], answer: Promise.withResolvers() });
    vi.useFakeTimers();
    vi.stubGlobal("IdentityTransformStream", class extends Pipe {});
    vi.stubGlobal(
      "FixedLengthStream",
      class extends Pipe {
        constructor(length: number) {
          super(length);
          expect(length).toBeTypeOf("number");
        }
      },
    );
    vi.stubGlobal("fetch", (url: string, init: never) => {
      wire.fetched.push({ url, init });
      return wire.answer.promise;
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
}

export const upstreamOf = (
  more: Partial<Sending> = {},
  headers: readonly (readonly [string, string])[] = [],
) =>
  new Upstream(
    { ...recordRoute(), upstream: { url: "https://train.example/in", headers } },
    { ...SENDING, ...more },
    (forwarded) => {
      wire.attested.push(forwarded);
      return { "tenfour-exchange": forwarded.exchange, signature: "of the gate" };
    },
  );
export const settle = () => vi.advanceTimersByTimeAsync(0);
export const ok = (status = 200) => new Response(status === 204 ? null : "taken", { status });
/** Something of the status, though a `Response` cannot be made with it. */
export const odd = (status: number) => {
  const response = new Response();
  Object.defineProperty(response, "status", { value: status });
  return response;
};
