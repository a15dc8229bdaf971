/**
 * A body of records through the gate, window by window: cut → look up → decide → record → forward. The next window's look-up overlaps this
 * window's forwarding. Whatever fails, the upstream is cut before anything else.
 */
import { quiet } from "../base/deadline.ts";
import { AttributedReader } from "../content/attributed.ts";
import { readAttribution } from "../content/attribution.ts";
import { createFraming } from "../content/create-framing.ts";
import { BinaryEvent } from "../content/event/binary-event.ts";
import { readSignal } from "../rules/signal.ts";
import type { RecordAdmission } from "./admit.ts";
import { Body } from "./body.ts";
import { conclude } from "./conclude.ts";
import { Exchange } from "./exchange.ts";
import { Fault } from "./fault.ts";
import { Freshness } from "./freshness.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import { type Judged, Judging } from "./judging.ts";
import { Release } from "./release.ts";
import { PLAIN_ANSWERS } from "./reply.ts";
import type { RecordRoute } from "./routes.ts";
import { Upstream } from "./upstream.ts";
import { Windows } from "./windows.ts";

export async function forwardRecords(
  gate: Gate,
  request: Request,
  admission: RecordAdmission,
  producer: Producer,
): Promise<Response> {
  return new Passage(gate, request, admission, producer).run();
}

class Passage {
  readonly #route: RecordRoute;
  readonly #exchange: Exchange;
  readonly #body: Body;
  readonly #windows: Windows;
  readonly #judging: Judging;
  readonly #upstream: Upstream;
  readonly #release: Release;

  constructor(
    gate: Gate,
    request: Request,
    { route, format, boundary, event: head, coding }: RecordAdmission,
    producer: Producer,
  ) {
    this.#route = route;
    this.#exchange = new Exchange(gate, route, producer);
    this.#body = new Body(request.body!, coding, this.#exchange.received, route.bodyBytesMax);
    const event =
      head === null ? null : new BinaryEvent(head, route.shape, route.reader, route.recordBytesMax);
    const reader = route.attributed
      ? new AttributedReader(readAttribution((name) => request.headers.get(name)))
      : route.reader;
    const framing = createFraming(format, reader.plan, {
      recordBytesMax: route.recordBytesMax,
      wrapper: route.wrapper,
      multipart:
        route.multipart === undefined || boundary === null
          ? undefined
          : {
              rules: route.multipart,
              boundary,
              ownBoundary: this.#exchange.id,
              excess: route.serviceDataExcess,
            },
      event: event ?? undefined,
    });
    this.#windows = new Windows(
      this.#body,
      framing,
      event ?? reader,
      readSignal(request.headers.get("content-usage")),
      coding === "identity" ? this.#exchange.received : null,
      gate.now,
    );
    this.#judging = new Judging(gate, route, producer, this.#exchange);
    const sending = {
      exchange: this.#exchange.id,
      configuration: gate.routes.digest,
      contentType: framing.mediaType,
      contentEncoding: null,
      idempotencyKey: request.headers.get("idempotency-key"),
      headers: event?.headers ?? [],
    };
    this.#upstream = new Upstream(route, sending, gate.attest);
    this.#release = new Release(
      this.#exchange,
      this.#upstream,
      framing,
      new Freshness(gate.routes, this.#exchange.ages, this.#judging),
    );
  }

  run(): Promise<Response> {
    const forward = () => (this.#route.onDeny === "reject" ? this.#holdAll() : this.#streamAll());
    return conclude(
      {
        exchange: this.#exchange,
        upstream: this.#upstream,
        body: this.#body,
        denied: this.#judging.denied,
        answers: PLAIN_ANSWERS,
        measureRest: () => this.#windows.measureRest(),
      },
      forward,
    );
  }

  /** Forwards each window as soon as it is decided and recorded. Resolves to whether anything has left. */
  async #streamAll(): Promise<boolean> {
    let coming = quiet(this.#prepare());
    for (;;) {
      const judged = await coming;
      const { window } = judged;
      if (!window.last) coming = quiet(this.#prepare());
      if (window.last && !this.#upstream.begun) return this.#release.whole([judged]);
      await this.#release.stream(judged);
      if (window.last) break;
      this.#windows.recycle(window);
    }
    await this.#release.end();
    return true;
  }

  /** Holds every window until all are decided; forwards only if no item is denied. Resolves to whether anything has left. */
  async #holdAll(): Promise<boolean> {
    const held: Judged[] = [];
    let bytes = 0;
    for (let last = false; !last; ) {
      const judged = await this.#judging.first(await this.#windows.next());
      held.push(judged);
      this.#judging.deny(judged);
      bytes += judged.window.columns.end;
      if (bytes > this.#route.holdBytesMax) throw new Fault("hold_exceeded");
      last = judged.window.last;
    }
    await this.#judging.recordHeld(held);
    return this.#release.whole(held);
  }

  /** Cut → look up → decide → record: all that one window's forwarding leaves time for, of the next. */
  async #prepare(): Promise<Judged> {
    const judged = await this.#judging.first(await this.#windows.next());
    await this.#judging.record(judged);
    return judged;
  }
}
