/**
 * Look up: the consent state a window needs, and whether it is still so. While no revision has moved, what was read still holds, and one small
 * query says so for every window of the exchange. Every query counts; a revoked key ends the exchange. Decides nothing.
 */
import { within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import type { Revisions, RevisionsResult } from "../consent/port.ts";
import type { State } from "../decision/model.ts";
import type { KeySet } from "../rules/lookup-keys.ts";
import type { ItemRules } from "../rules/route-rules.ts";
import type { Exchange } from "./exchange.ts";
import { Fault } from "./fault.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import type { Window } from "./windows.ts";

export interface LookedUp {
  readonly window: Window;
  readonly state: State;
  readonly revisions: Revisions;
  /** By the exchange's clock for ages, before the state was read or last found unchanged. */
  readonly checkedAt: number;
}

const NOTHING: Pick<LookedUp, "state" | "revisions" | "checkedAt"> = {
  state: { accounts: new Map(), conversations: new Map(), notices: new Map() },
  revisions: { accounts: new Map(), notices: new Map() },
  checkedAt: Number.POSITIVE_INFINITY,
};
/** What one window has learnt serves another while it is no older than this, ms: it must not be too old again by the time it is used. */
const SHARED_MS_MAX = LIMITS.state_age_ms_max / 2;
/** A window that asks for no one new is decided on the state of the one before, if that is no older than this, ms: several a window's time apart
 * in a fast stream, none in a slow one. If it is older, a check may say that it still holds. */
const REUSED_MS_MAX = 200;
/** Checks of an exchange that find the state changed: each is a call more than looking up at once, and calls are counted. */
const CHANGES_MAX = 20;

export class ConsentState {
  readonly #gate: Gate;
  readonly #route: Pick<ItemRules, "serviceIds">;
  readonly #producer: Producer;
  readonly #exchange: Exchange;
  readonly #endsBy: number;
  /** Accounts of the exchange's windows: asked about together. */
  readonly #accounts = new Set<string>();
  #accountChars = 0;
  /** The last look-up: a fast stream's next windows ask about the same people. */
  #recent: (Omit<LookedUp, "window"> & { readonly keys: KeySet }) | null = null;
  #latest: { readonly revisions: Revisions; readonly at: number } | null = null;
  #changes = 0;

  constructor(gate: Gate, route: Pick<ItemRules, "serviceIds">, producer: Producer, exchange: Exchange) {
    this.#gate = gate;
    this.#route = route;
    this.#producer = producer;
    this.#exchange = exchange;
    this.#endsBy = gate.now() + LIMITS.exchange_ms_max;
  }

  /** Throws a `Fault`. */
  async lookUp(window: Window): Promise<LookedUp> {
    const { consent, routes } = this.#gate;
    if (window.keys.empty) {
      this.#checkTime();
      return { window, ...NOTHING };
    }
    const reused = await this.#reuse(window);
    if (reused !== null) return reused;
    const keys = window.keys.toLookup();
    this.#note(keys.accounts);
    const at = this.#exchange.ages.read();
    const { state, revisions, ageMs } = await this.#ask(() =>
      consent.lookup(keys, this.#route.serviceIds, this.#producer.keyId, routes.everyone),
    );
    const read = { state, revisions, checkedAt: at - ageMs };
    this.#recent = { keys: window.keys, ...read };
    return { window, ...read };
  }

  /** What the last look-up read, for a window that asks for no one else; null: there is none that holds. */
  async #reuse(window: Window): Promise<LookedUp | null> {
    const recent = this.#recent;
    if (recent === null || !window.keys.isWithin(recent.keys)) return null;
    const { state, revisions, checkedAt } = recent;
    if (this.#isFresh(checkedAt, REUSED_MS_MAX)) return { window, state, revisions, checkedAt };
    // A cache is there so that D1 need not be asked.
    if (this.#gate.routes.cacheMsMax !== null || this.#changes === CHANGES_MAX) return null;
    const unchangedAt = await this.unchangedAt({ window, state, revisions, checkedAt });
    if (unchangedAt === null) {
      this.#changes += 1;
      return null;
    }
    if (this.#recent === recent) this.#recent = { ...recent, checkedAt: unchangedAt };
    return { window, state, revisions, checkedAt: unchangedAt };
  }

  /** The instant at which nothing that was looked up had changed yet; null: something has. Throws a `Fault`. */
  async unchangedAt({ revisions, checkedAt }: LookedUp): Promise<number | null> {
    const { consent } = this.#gate;
    const fresh = (at: number) => at > checkedAt && this.#isFresh(at, SHARED_MS_MAX);
    if (this.#latest === null || !fresh(this.#latest.at) || !covers(this.#latest.revisions, revisions)) {
      this.#note([...revisions.accounts.keys()]);
      const at = this.#exchange.ages.read();
      const latest = await this.#ask(() =>
        consent.revisions([...this.#accounts], this.#route.serviceIds, this.#producer.keyId),
      );
      this.#latest = { revisions: latest.revisions, at };
    }
    if (holds(this.#latest.revisions, revisions)) return this.#latest.at;
    // What was read before the change is not to serve again, however fresh.
    this.#recent = null;
    return null;
  }

  async #ask<T extends RevisionsResult>(query: () => Promise<T>): Promise<T> {
    this.#checkTime();
    this.#exchange.spend();
    const result = await within(query(), LIMITS.d1_ms_max, () =>
      Promise.reject(new Fault("consent_unavailable")),
    ).catch(() => {
      throw new Fault("consent_unavailable");
    });
    if (result.putBack) throw new Fault("consent_rolled_back");
    if (result.keyRevoked) throw new Fault("key_revoked");
    return result;
  }

  #isFresh(at: number, msMax: number): boolean {
    return this.#exchange.ages.read() - at <= msMax;
  }

  #checkTime(): void {
    if (this.#gate.now() > this.#endsBy) throw new Fault("exchange_too_long");
  }

  /** Bounded as one look-up's keys are: then the accounts of earlier windows are forgotten, and asked about on their own. */
  #note(accounts: readonly string[]): void {
    const chars = accounts.reduce((sum, id) => sum + id.length + 3, 0);
    if (
      this.#accounts.size + accounts.length > LIMITS.window_keys_max ||
      this.#accountChars + chars > LIMITS.window_key_chars_max
    ) {
      this.#accounts.clear();
      this.#accountChars = 0;
    }
    for (const id of accounts) {
      if (this.#accounts.has(id)) continue;
      this.#accounts.add(id);
      this.#accountChars += id.length + 3;
    }
  }
}

function covers(latest: Revisions, seen: Revisions): boolean {
  return [...seen.accounts.keys()].every((id) => latest.accounts.has(id));
}

function holds(latest: Revisions, seen: Revisions): boolean {
  return (
    [...seen.accounts].every(([id, revision]) => latest.accounts.get(id) === revision) &&
    [...seen.notices].every(([service, versions]) => latest.notices.get(service) === versions)
  );
}
