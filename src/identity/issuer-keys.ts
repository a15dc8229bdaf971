/**
 * The keys of one issuer, as one isolate knows them: fetched when they are first needed, when they have aged, and for a `kid` that is
 * not among them, at most once a minute. While the issuer cannot be reached, those it has are used for a bounded time.
 */
import { within } from "../base/deadline.ts";
import type { TokenAlgorithm } from "../config/identity.ts";
import { LIMITS } from "../config/limits.ts";
import type { Issuer } from "./issuer.ts";
import { KeySet } from "./key-set.ts";
import type { ReadJwks } from "./read-jwks.ts";

export type VerifyingKey = NonNullable<Awaited<ReturnType<KeySet["find"]>>>;

export class IssuerKeys {
  readonly #url: string | undefined;
  readonly #readJwks: ReadJwks;
  #set: KeySet | null;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #underway: Promise<void> | null = null;

  constructor({ jwks, jwks_url }: Pick<Issuer, "jwks" | "jwks_url">, readJwks: ReadJwks) {
    this.#url = jwks_url;
    this.#readJwks = readJwks;
    this.#set = jwks === undefined ? null : KeySet.of(jwks);
  }

  /** null: no such key. `unavailable`: the keys cannot be had now. `now` in Unix milliseconds. */
  async find(
    alg: TokenAlgorithm,
    kid: string | undefined,
    now: number,
  ): Promise<VerifyingKey | null | "unavailable"> {
    if (this.#url === undefined) return (await this.#set?.find(alg, kid)) ?? null;
    const age = now - this.#readAt;
    if (this.#set === null || age > LIMITS.jwks_fresh_ms_max)
      await this.#refresh(LIMITS.jwks_retry_ms_min, now);
    if (this.#set === null || now - this.#readAt > LIMITS.jwks_stale_ms_max) return "unavailable";
    const found = await this.#set.find(alg, kid);
    if (found !== null || kid === undefined) return found;
    if (now - this.#readAt > LIMITS.jwks_unknown_kid_ms_min) {
      await this.#refresh(LIMITS.jwks_unknown_kid_ms_min, now);
    }
    return this.#set.find(alg, kid);
  }

  /** Fetches, unless that was tried less than `ms` ago. What was known stays known if it fails. */
  async #refresh(ms: number, now: number): Promise<void> {
    if (this.#underway === null) {
      if (now - this.#triedAt < ms) return;
      this.#triedAt = now;
      this.#underway = this.#read(now);
    }
    // A request that ends takes what it began with it: those that wait for it must not wait for ever.
    await within(this.#underway, LIMITS.jwks_read_ms_max + 100, () => {
      this.#underway = null;
    });
  }

  async #read(now: number): Promise<void> {
    try {
      const set = KeySet.of(await this.#readJwks(this.#url!));
      if (set === null) return;
      this.#set = set;
      this.#readAt = now;
    } catch {
      // Whatever went wrong, there are no newer keys.
    } finally {
      this.#underway = null;
    }
  }
}
