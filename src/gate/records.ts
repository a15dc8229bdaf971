/**
 * A body of records through the gate, window by window: cut → look up → decide → record → forward. The next window's look-up overlaps this
 * window's forwarding. Whatever fails, the upstream is cut before anything else.
 */
import { quiet, within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import { createFraming } from "../content/create-framing.ts";
import type { State } from "../decision/model.ts";
import type { ExchangeOutcome } from "../evidence/entries.ts";
import type { RecordAdmission } from "./admit.ts";
import { Body } from "./body.ts";
import { Exchange } from "./exchange.ts";
import { FAULT_WORDS, Fault } from "./fault.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import type { Judged } from "./release.ts";
import { Release } from "./release.ts";
import type { DeniedItem } from "./reply.ts";
import { answerFault, answerForwarded, answerNothingLeft } from "./reply.ts";
import type { RecordRoute } from "./routes.ts";
import { readSignal } from "./signal.ts";
import { Upstream } from "./upstream.ts";
import type { Verdict } from "./verdicts.ts";
import { judge } from "./verdicts.ts";
import type { Window } from "./windows.ts";
import { Windows } from "./windows.ts";

interface LookedUp {
  readonly window: Window;
  readonly state: State;
  readonly checkedAt: number;
}

const NO_STATE: State = { accounts: new Map(), conversations: new Map(), notices: new Map() };

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
  readonly #producer: Producer;
  readonly #exchange: Exchange;
  readonly #body: Body;
  readonly #windows: Windows;
  readonly #upstream: Upstream;
  readonly #release: Release;
  readonly #endsBy: number;
  #denied: readonly DeniedItem[] = [];

  constructor(gate: Gate, request: Request, { route, format, coding }: RecordAdmission, producer: Producer) {
    this.#gate = gate;
    this.#route = route;
    this.#producer = producer;
    this.#endsBy = gate.now() + LIMITS.exchange_ms_max;
    this.#exchange = new Exchange(
      gate.evidence,
      route,
      producer,
      gate.routes.digest,
      gate.digestSecret,
      gate.now,
    );
    this.#body = new Body(request.body!, coding, this.#exchange.received, route.bodyBytesMax);
    const framing = createFraming(format, route.reader.plan, {
      recordBytesMax: route.recordBytesMax,
      wrapper: route.wrapper,
    });
    this.#windows = new Windows(this.#body, framing, route.reader, readSignal(request.headers), gate.now);
    this.#upstream = new Upstream(route, {
      exchange: this.#exchange.id,
      contentType: framing.mediaType,
      contentEncoding: null,
      idempotencyKey: request.headers.get("idempotency-key"),
    });
    this.#release = new Release(
      this.#exchange,
      this.#upstream,
      framing,
      (judged, from) => this.#judgeAnew(judged, from),
      gate.now,
    );
  }

  async run(): Promise<Response> {
    try {
      const left = this.#route.onDeny === "reject" ? await this.#holdAll() : await this.#streamAll();
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
    let coming = quiet(this.#cutAndLookUp());
    for (;;) {
      const lookedUp = await coming;
      const { window } = lookedUp;
      if (!window.last) coming = quiet(this.#cutAndLookUp());
      const judged = await this.#judgeAndRecord(lookedUp);
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
      const judged = this.#judge(lookedUp);
      held.push(judged);
      this.#deny(judged);
      bytes += window.ends.at(-1) ?? 0;
      if (bytes > this.#route.holdBytesMax) throw new Fault("hold_exceeded");
      last = window.last;
    }
    const rejected = this.#denied.length > 0;
    for (const { window, verdicts, state, round } of held) {
      await this.#exchange.record(window, rejected ? verdicts.map(withheld) : verdicts, state, round);
      if (rejected) this.#exchange.settle(window, verdicts.map(withheld), 0, verdicts.length);
    }
    if (rejected) throw new Fault("items_denied");
    return this.#release.whole(held);
  }

  async #cutAndLookUp(): Promise<LookedUp> {
    return this.#lookUp(await this.#windows.next());
  }

  async #lookUp(window: Window): Promise<LookedUp> {
    const { consent, routes, now } = this.#gate;
    if (now() > this.#endsBy) throw new Fault("exchange_too_long");
    if (window.keys.empty) return { window, state: NO_STATE, checkedAt: Number.POSITIVE_INFINITY };
    this.#exchange.spend();
    const checkedAt = now();
    const { state, keyRevoked } = await within(
      consent.lookup(window.keys.toLookup(), this.#route.serviceIds, this.#producer.keyId, routes.everyone),
      LIMITS.d1_ms_max,
      () => Promise.reject(new Fault("consent_unavailable")),
    ).catch(() => {
      throw new Fault("consent_unavailable");
    });
    if (keyRevoked) throw new Fault("key_revoked");
    return { window, state, checkedAt };
  }

  #judge({ window, state, checkedAt }: LookedUp): Judged {
    const verdicts = judge(window, this.#route, this.#producer, state, this.#gate.now());
    return { window, verdicts, state, checkedAt, round: 0 };
  }

  async #judgeAndRecord(lookedUp: LookedUp): Promise<Judged> {
    const judged = this.#judge(lookedUp);
    await this.#exchange.record(judged.window, judged.verdicts, judged.state, judged.round);
    return judged;
  }

  async #judgeAnew(judged: Judged, from: number): Promise<Judged> {
    const { window, verdicts, round } = judged;
    const { state, checkedAt } = await this.#lookUp(window);
    const anew = judge(window, this.#route, this.#producer, state, this.#gate.now(), verdicts, from);
    if (anew.some((verdict) => verdict.outcome === "rejected")) throw new Fault("consent_changed");
    const again = { window, verdicts: anew, state, checkedAt, round: round + 1 };
    await this.#exchange.record(window, anew, state, again.round);
    return again;
  }

  #deny({ window, verdicts }: Judged): void {
    const denied = verdicts.flatMap(({ outcome, reason }, i) =>
      outcome === "rejected" ? [{ index: window.firstIndex + i, reason }] : [],
    );
    if (denied.length > 0) this.#denied = [...this.#denied, ...denied];
  }

  async #reply(outcome: ExchangeOutcome, response: Response | null): Promise<Response> {
    const recorded = await this.#exchange.close({
      outcome,
      fault: null,
      upstreamStatus: response?.status ?? null,
      upstreamComplete: response !== null,
    });
    if (!recorded) {
      quiet(Promise.resolve(response?.body?.cancel()));
      return answerFault(new Fault("outcome_unknown"), this.#exchange, "unknown", response?.status ?? null);
    }
    return response === null ? answerNothingLeft(this.#exchange) : answerForwarded(this.#exchange, response);
  }

  async #fail(fault: Fault): Promise<Response> {
    const { begun, handedOver, answeredEarly, status } = this.#upstream;
    const redirected = fault.code === "upstream_redirect";
    const outcome = !begun ? refusal(fault) : redirected ? "failed" : handedOver ? "unknown" : "aborted";
    const upstreamComplete = !begun ? false : redirected ? true : handedOver || answeredEarly ? null : false;
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

/** An item that may not leave, or that may but is held back with the others. */
function withheld(verdict: Verdict): Verdict {
  return { ...verdict, outcome: "rejected", basis: [], replacement: null };
}

/** How an exchange of which nothing has left ended. */
function refusal(fault: Fault): ExchangeOutcome {
  if (fault.code === "items_denied") return "rejected";
  return FAULT_WORDS[fault.code].status < 500 ? "refused" : "failed";
}
