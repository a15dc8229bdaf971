/**
 * A body of records through the gate, window by window: cut → look up → decide → record → forward. The next window's look-up overlaps this
 * window's forwarding. Whatever fails, the upstream is cut before anything else.
 */
import { quiet, within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import { createFraming } from "../content/create-framing.ts";
import type { ExchangeOutcome, ItemOutcome } from "../evidence/entries.ts";
import { readSignal } from "../rules/signal.ts";
import type { RecordAdmission } from "./admit.ts";
import { Body } from "./body.ts";
import { ConsentState, type LookedUp } from "./consent-state.ts";
import { Exchange } from "./exchange.ts";
import { FAULT_WORDS, Fault } from "./fault.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import type { Judged } from "./release.ts";
import { Release } from "./release.ts";
import type { Denied } from "./reply.ts";
import { answerFault, answerForwarded, answerNothingLeft, ITEMS_NAMED_MAX } from "./reply.ts";
import type { RecordRoute } from "./routes.ts";
import { Upstream } from "./upstream.ts";
import { Judge, sameVerdicts, some, withheld } from "./verdicts.ts";
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
  readonly #gate: Gate;
  readonly #route: RecordRoute;
  readonly #exchange: Exchange;
  readonly #consents: ConsentState;
  readonly #body: Body;
  readonly #windows: Windows;
  readonly #judge: Judge;
  readonly #upstream: Upstream;
  readonly #release: Release;
  readonly #denied: Denied = { items: [], total: 0 };

  constructor(
    gate: Gate,
    request: Request,
    { route, format, boundary, coding }: RecordAdmission,
    producer: Producer,
  ) {
    this.#gate = gate;
    this.#route = route;
    this.#exchange = new Exchange(
      gate.evidence,
      route,
      producer,
      gate.routes.digest,
      gate.digestSecret,
      gate.now,
      gate.routes.cacheMsMax,
    );
    this.#consents = new ConsentState(gate, route, producer, this.#exchange);
    this.#body = new Body(request.body!, coding, this.#exchange.received, route.bodyBytesMax);
    const framing = createFraming(format, route.reader.plan, {
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
    });
    this.#windows = new Windows(
      this.#body,
      framing,
      route.reader,
      readSignal(request.headers.get("content-usage")),
      coding === "identity" ? this.#exchange.received : null,
      gate.now,
    );
    this.#judge = new Judge(route, producer);
    const sending = {
      exchange: this.#exchange.id,
      configuration: gate.routes.digest,
      contentType: framing.mediaType,
      contentEncoding: null,
      idempotencyKey: request.headers.get("idempotency-key"),
    };
    this.#upstream = new Upstream(route, sending, gate.attest);
    this.#release = new Release(
      this.#exchange,
      this.#upstream,
      framing,
      (judged, from) => this.#judgeAnew(judged, from),
      gate.now,
      Math.max(LIMITS.state_age_ms_max, gate.routes.cacheMsMax ?? 0),
    );
  }

  async run(): Promise<Response> {
    try {
      // A timer of its own: where nothing is looked up, or a record never ends, nobody else looks at the time.
      const left = await within(
        this.#route.onDeny === "reject" ? this.#holdAll() : this.#streamAll(),
        LIMITS.exchange_ms_max,
        () => {
          throw new Fault("exchange_too_long");
        },
      );
      if (!left) return await this.#reply("dropped", null);
      const response = await this.#upstream.finish();
      return await this.#reply(response.ok ? "forwarded" : "failed", response);
    } catch (error) {
      this.#upstream.cut();
      return await this.#fail(error instanceof Fault ? error : new Fault("internal_error"));
    }
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
      const lookedUp = await this.#cutAndLookUp();
      const { window } = lookedUp;
      const judged = this.#judged(lookedUp);
      held.push(judged);
      this.#deny(judged);
      bytes += window.columns.end;
      if (bytes > this.#route.holdBytesMax) throw new Fault("hold_exceeded");
      last = window.last;
    }
    const rejected = this.#denied.total > 0;
    for (const { window, verdicts, round } of held) {
      const final = rejected ? withheld(verdicts) : verdicts;
      await this.#exchange.record(window, final, round);
      if (rejected) this.#exchange.settle(window, final, 0, window.columns.count);
    }
    if (rejected) throw new Fault("items_denied");
    return this.#release.whole(held);
  }

  async #cutAndLookUp(): Promise<LookedUp> {
    return this.#consents.lookUp(await this.#windows.next());
  }

  #judged(lookedUp: LookedUp): Judged {
    const { window, state } = lookedUp;
    const verdicts = this.#judge.verdicts(window, state, this.#gate.now());
    return { ...lookedUp, verdicts, round: 0 };
  }

  /** Cut → look up → decide → record: all that one window's forwarding leaves time for, of the next. */
  async #prepare(): Promise<Judged> {
    const judged = this.#judged(await this.#cutAndLookUp());
    await this.#exchange.record(judged.window, judged.verdicts, judged.round);
    return judged;
  }

  /** Time alone may change a verdict while the state stands; what stays as it was is on record already. */
  async #judgeAnew(judged: Judged, from: number): Promise<Judged> {
    const { window, verdicts, round } = judged;
    const unchangedAt = await this.#consents.unchangedAt(judged);
    const lookedUp =
      unchangedAt === null
        ? await this.#consents.lookUp(window)
        : { window, state: judged.state, revisions: judged.revisions, checkedAt: unchangedAt };
    const anew = this.#judge.verdicts(window, lookedUp.state, this.#gate.now(), verdicts, from);
    if (some(anew, isRejected)) throw new Fault("consent_changed");
    if (unchangedAt !== null && sameVerdicts(anew, verdicts)) return { ...lookedUp, verdicts, round };
    const again = { ...lookedUp, verdicts: anew, round: round + 1 };
    await this.#exchange.record(window, anew, again.round);
    return again;
  }

  #deny({ window, verdicts }: Judged): void {
    verdicts.found.forEach((found, i) => {
      const { outcome, reason } = verdicts.findings[found]!;
      if (!isRejected(outcome)) return;
      this.#denied.total += 1;
      if (this.#denied.total <= ITEMS_NAMED_MAX)
        this.#denied.items.push({ index: window.firstIndex + i, reason });
    });
  }

  async #reply(outcome: ExchangeOutcome, response: Response | null): Promise<Response> {
    const recorded = await this.#exchange.close({
      outcome,
      fault: null,
      upstreamStatus: response?.status ?? null,
      upstreamComplete: response === null ? false : this.#upstream.answeredBeforeEnd ? null : true,
    });
    if (!recorded) {
      quiet(Promise.resolve(response?.body?.cancel()));
      return answerFault(new Fault("outcome_unknown"), this.#exchange, "unknown", response?.status ?? null);
    }
    return response === null ? answerNothingLeft(this.#exchange) : answerForwarded(this.#exchange, response);
  }

  async #fail(fault: Fault): Promise<Response> {
    const { begun, handedOver, answeredEarly, cutShows, status } = this.#upstream;
    const redirected = fault.code === "upstream_redirect";
    const outcome = !begun ? refusal(fault) : redirected ? "failed" : handedOver ? "unknown" : "aborted";
    const upstreamComplete = !begun
      ? false
      : redirected
        ? true
        : handedOver || answeredEarly || !cutShows
          ? null
          : false;
    if (!this.#exchange.closed) this.#windows.measureRest();
    const recorded = await this.#exchange.close({
      outcome,
      fault: fault.code,
      upstreamStatus: status,
      upstreamComplete,
    });
    await this.#body.stop();
    return answerFault(fault, this.#exchange, recorded || !begun ? outcome : "unknown", status, this.#denied);
  }
}

function isRejected(outcome: ItemOutcome): boolean {
  return outcome === "rejected";
}

/** How an exchange of which nothing has left ended. */
function refusal(fault: Fault): ExchangeOutcome {
  if (fault.code === "items_denied") return "rejected";
  return FAULT_WORDS[fault.code].status < 500 ? "refused" : "failed";
}
