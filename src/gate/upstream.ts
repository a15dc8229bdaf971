/**
 * Forward: the only fetch. The request is built from nothing: the route's URL, an allow-list of headers, the gate's signature, the gate's own bytes.
 * A stream that errors is laundered by the platform into a complete request, so a failed body is cut by `abort()` before anything is
 * closed, and its bytes are pumped by hand.
 */
import { contentDigest } from "../attestation/content-digest.ts";
import type { Forwarded } from "../attestation/sign.ts";
import { quiet, Watchdog, within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import { Fault } from "./fault.ts";
import type { Route } from "./routes.ts";

const METHOD = "POST";
/** Headers of an upstream's answer that reach the sender. */
const ANSWER_HEADERS = ["content-type", "content-language", "retry-after"];

/** The headers that say a request is the gate's. Throws rather than give none. */
export type Attest = (forwarded: Forwarded) => Readonly<Record<string, string>>;

export interface Sending {
  readonly exchange: string;
  /** Digest of the configuration it is decided under. */
  readonly configuration: string;
  readonly contentType: string;
  readonly contentEncoding: string | null;
  readonly idempotencyKey: string | null;
  /** Further headers that may go on: name and value. Those of the configuration come before. */
  readonly headers?: readonly (readonly [string, string])[];
}

export class Upstream {
  readonly #route: Route;
  readonly #headers: Headers;
  readonly #attest: (contentDigest: string | null) => void;
  readonly #abort = new AbortController();
  #response: Promise<Response> | null = null;
  #writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
  /** Ends the write that is waited for. */
  #failWrite: (error: Fault) => void = () => {};
  #watchdog: Watchdog | null = null;
  #answered: Response | Fault | null = null;
  /** Resolves when `#answered` is there. */
  #settled: Promise<void> = Promise.resolve();
  #handedOver = false;
  #answeredBeforeEnd = false;
  /** What is still to come of a length that was declared, bytes; null: none was. */
  #left: number | null = null;
  #brokeOff = false;
  #isCut = false;

  constructor(route: Route, sending: Sending, attest: Attest) {
    this.#route = route;
    this.#headers = new Headers(route.upstream.headers);
    this.#headers.set("content-type", sending.contentType);
    this.#headers.set("accept-encoding", "identity");
    if (sending.contentEncoding !== null) this.#headers.set("content-encoding", sending.contentEncoding);
    if (sending.idempotencyKey !== null) this.#headers.set("idempotency-key", sending.idempotencyKey);
    for (const [name, value] of sending.headers ?? [])
      if (!this.#headers.has(name)) this.#headers.set(name, value);
    const { exchange, configuration } = sending;
    const { id, purpose } = route;
    this.#attest = (contentDigest) => {
      const targetUri = route.upstream.url;
      const headers = attest({
        method: METHOD,
        targetUri,
        exchange,
        route: id,
        purpose,
        configuration,
        contentDigest,
      });
      for (const [name, value] of Object.entries(headers)) this.#headers.set(name, value);
    };
  }

  /** Whether any byte may have left. */
  get begun(): boolean {
    return this.#response !== null;
  }

  /** Whether the upstream sent its headers before it had the body: then a cut may look whole to it. */
  get answeredEarly(): boolean {
    return this.#answered instanceof Response;
  }

  /**
   * Whether a body that was cut is sure to show: its length was declared, or the upstream had broken off by itself. Any other may look whole to an
   * upstream whose headers were on their way: the platform then ends the body, and does not say that they had come.
   */
  get cutShows(): boolean {
    return this.#left !== null || this.#brokeOff;
  }

  /** Sends a whole body at once. */
  sendWhole(body: Uint8Array | ReadableStream): void {
    this.#begin(body);
    this.#handedOver = true;
  }

  /** Hands on a piece of a longer body; resolves when the platform has taken it. `length`: of the whole body, if it is known. */
  async write(bytes: Uint8Array, length: number | null): Promise<void> {
    if (this.#writer === null) {
      const { readable, writable } =
        length === null ? new IdentityTransformStream() : new FixedLengthStream(length);
      this.#left = length;
      this.#writer = writable.getWriter();
      quiet(this.#writer.closed);
      this.#watchdog = new Watchdog(LIMITS.upstream_stall_ms_max, Date.now, () =>
        this.#failWrite(new Fault("upstream_stalled")),
      );
      this.#begin(readable);
    }
    // What is written after a cut would be sent on as if nothing had happened.
    if (this.#isCut || this.#handedOver) throw new Fault("internal_error");
    this.#refuseEarlyAnswer();
    if (this.#left !== null) this.#left -= bytes.length;
    // Of a declared length nothing is to follow: what the upstream has then is whole.
    this.#handedOver = this.#left === 0;
    this.#watchdog!.begin();
    await this.#taken(this.#writer.write(bytes));
    this.#watchdog!.end();
    if (this.#handedOver) {
      this.#answeredBeforeEnd = this.answeredEarly;
      quiet(this.#writer.close());
    } else this.#refuseEarlyAnswer();
  }

  /** Whether the whole body has been given to the platform, or is being given. */
  get handedOver(): boolean {
    return this.#handedOver;
  }

  /** Whether the answer came before the platform had taken the end of the body: then it does not say that the upstream has it. */
  get answeredBeforeEnd(): boolean {
    return this.#answeredBeforeEnd;
  }

  /** Ends the body and waits `ms` at most for the upstream's answer. Throws a `Fault`. */
  async finish(ms: number = LIMITS.upstream_response_ms_max): Promise<Response> {
    this.#watchdog?.stop();
    if (this.#writer !== null && !this.#handedOver) {
      this.#handedOver = true;
      await this.#close(this.#writer);
      // It may have come while the end was still to be taken.
      this.#answeredBeforeEnd = this.answeredEarly;
    }
    const answer = this.#response!.catch((error) => {
      throw asFault(error);
    });
    const response = await within(answer, ms, () => {
      throw new Fault("upstream_timeout");
    });
    if (response.status >= 300 && response.status < 400) throw new Fault("upstream_redirect");
    if (response.status < 200 || response.status > 599) throw new Fault("upstream_unreachable");
    return response;
  }

  /** Cuts the request, so that the upstream sees it incomplete. Before anything else is done about a failure. */
  cut(): void {
    this.#watchdog?.stop();
    this.#brokeOff ||= this.#answered instanceof Fault;
    this.#isCut = true;
    this.#abort.abort();
    if (this.#response !== null) quiet(this.#response.then((response) => response.body?.cancel()));
  }

  /** The status the upstream has answered with so far. */
  get status(): number | null {
    return this.#answered instanceof Response ? this.#answered.status : null;
  }

  #begin(body: Uint8Array | ReadableStream): void {
    this.#attest(body instanceof Uint8Array ? contentDigest(body) : null);
    this.#response = fetch(this.#route.upstream.url, {
      method: METHOD,
      headers: this.#headers,
      body,
      redirect: "manual",
      signal: this.#abort.signal,
    });
    this.#settled = this.#response.then(
      (response) => {
        this.#answered = response;
      },
      (error) => {
        this.#answered = asFault(error);
        this.#failWrite(this.#answered);
      },
    );
  }

  /** Resolves as the write does, unless the upstream fails or stalls before. Not a race: what lasts as long as the body would gather them. */
  #taken(written: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failWrite = reject;
      written.then(resolve, async (error) => {
        // Whether it answered or broke off is known a moment later than that it takes no more.
        await this.#settled;
        reject(this.#answered instanceof Fault ? this.#answered : asFault(error));
      });
    });
  }

  /** An answer that came early says nothing of what the upstream did afterwards: the end must be taken too. */
  async #close(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    const closed = writer.close().catch((error) => {
      throw this.#answered instanceof Fault ? this.#answered : asFault(error);
    });
    await within(closed, LIMITS.upstream_stall_ms_max, () => {
      throw new Fault("upstream_stalled");
    });
  }

  #refuseEarlyAnswer(): void {
    if (this.#answered instanceof Fault) throw this.#answered;
    if (this.#answered !== null && !this.#answered.ok) throw new Fault("upstream_refused");
  }
}

function asFault(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault("upstream_unreachable");
}

/** The upstream's answer as the sender gets it. */
export function answerHeaders(response: Response): Headers {
  const headers = new Headers();
  for (const name of ANSWER_HEADERS) {
    const value = response.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
