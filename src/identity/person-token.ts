/**
 * People's tokens: a JWT of a configured issuer says who asks, in which role, bound to what. No I/O but the issuer's keys. No clock:
 * `now` is passed in. What a token does not say is not guessed, and a binding that does not fit its role is refused, never ignored.
 */
import { errors, jwtVerify } from "jose";
import type { Role } from "../config/identity.ts";
import { LIMITS } from "../config/limits.ts";
import type { Issuer } from "./issuer.ts";
import { IssuerKeys } from "./issuer-keys.ts";
import type { ReadJwks } from "./read-jwks.ts";
import { readStrictly } from "./strict-jws.ts";

export interface Person {
  readonly issuer: string;
  readonly subject: string;
  readonly role: Role;
  /** null: every account. */
  readonly account: string | null;
  readonly conversation: string | null;
  readonly person: string;
}

/** What is wrong is told only of a token whose signature is good. `lacks`: the claim that does not fit. */
export type PersonFault =
  | { readonly code: "token_wrong" | "token_expired" | "token_early" | "issuer_unavailable" }
  | { readonly code: "token_unfit"; readonly lacks: string };
export type PersonResult =
  | { readonly ok: true; readonly person: Person }
  | { readonly ok: false; readonly fault: PersonFault };
export type PersonVerifier = (token: string) => Promise<PersonResult>;

/** Media types of a token for us; others, such as an ID token's logout or a producer key, are for something else. */
const TYPES = /^(application\/)?(at\+)?jwt$/i;
const ID = new RegExp(`^[\\x21-\\x7e]{1,${LIMITS.id_chars_max}}$`);
const SECONDS_MAX = 253_402_300_799;
const WRONG: PersonResult = { ok: false, fault: { code: "token_wrong" } };

/** `now`: Unix milliseconds. */
export function personVerifier(
  issuers: readonly Issuer[],
  readJwks: ReadJwks,
  now: () => number,
): PersonVerifier {
  const known = new Map(
    issuers.map((issuer) => [issuer.issuer, { issuer, keys: new IssuerKeys(issuer, readJwks) }]),
  );
  return async (token) => {
    const read = readStrictly(token);
    const at = now();
    const from = known.get(read?.payload.iss as string);
    if (read === null || from === undefined) return WRONG;
    const { header, payload } = read;
    const alg = from.issuer.algorithms.find((one) => one === header.alg);
    const { kid, typ } = header;
    if (alg === undefined || (kid !== undefined && typeof kid !== "string")) return WRONG;
    if (typ !== undefined && (typeof typ !== "string" || !TYPES.test(typ))) return WRONG;
    const key = await from.keys.find(alg, kid, at);
    if (key === "unavailable") return { ok: false, fault: { code: "issuer_unavailable" } };
    if (key === null) return WRONG;
    try {
      await jwtVerify(token, key, {
        algorithms: [alg],
        issuer: from.issuer.issuer,
        audience: from.issuer.audience,
        requiredClaims: ["exp", "sub"],
        clockTolerance: LIMITS.clock_skew_s_max,
        currentDate: new Date(at),
      });
    } catch (error) {
      return faultOf(error);
    }
    return personOf(from.issuer, payload, at);
  };
}

/** jose looks at times last but for the signature, which it looks at first. */
function faultOf(error: unknown): PersonResult {
  if (error instanceof errors.JWTExpired) return { ok: false, fault: { code: "token_expired" } };
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf") {
    return error.reason === "check_failed" ? { ok: false, fault: { code: "token_early" } } : WRONG;
  }
  return WRONG;
}

function personOf(issuer: Issuer, payload: Readonly<Record<string, unknown>>, at: number): PersonResult {
  const unfit = (lacks: string): PersonResult => ({ ok: false, fault: { code: "token_unfit", lacks } });
  for (const name of ["exp", "nbf", "iat"]) {
    if (Object.hasOwn(payload, name) && !isSeconds(payload[name])) return unfit(name);
  }
  const iat = payload.iat;
  if (typeof iat === "number" && iat > at / 1_000 + LIMITS.clock_skew_s_max) {
    return { ok: false, fault: { code: "token_early" } };
  }
  const { claims } = issuer;
  const subject = payload.sub;
  const role = issuer.roles.find((one) => one === single(payload[claims.role]));
  const [account, conversation, person] = [claims.account, claims.conversation, claims.person].map((name) =>
    idOrNull(payload[name]),
  );
  if (!isId(subject)) return unfit("sub");
  if (role === undefined) return unfit(claims.role);
  if (account === undefined) return unfit(claims.account);
  if (conversation === undefined) return unfit(claims.conversation);
  if (person === undefined || person === null) return unfit(claims.person);
  const bound = BINDINGS[role];
  if (!bound.account.includes(account !== null)) return unfit(claims.account);
  if (bound.conversation !== (conversation !== null)) return unfit(claims.conversation);
  if (issuer.accounts !== undefined && (account === null || !issuer.accounts.includes(account))) {
    return unfit(claims.account);
  }
  return { ok: true, person: { issuer: issuer.issuer, subject, role, account, conversation, person } };
}

/** Whether a role must be bound to an account, may be, or must not; and whether to a conversation. */
const BINDINGS: Readonly<
  Record<Role, { readonly account: readonly boolean[]; readonly conversation: boolean }>
> = {
  operator: { account: [false], conversation: false },
  owner: { account: [true], conversation: false },
  admin: { account: [true], conversation: false },
  host: { account: [true], conversation: true },
  participant: { account: [true], conversation: true },
  auditor: { account: [true, false], conversation: false },
};

/** A word, alone or in an array of one: with several roles, nobody could say which was meant. */
function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** undefined: it is there and is no id. */
function idOrNull(value: unknown): string | null | undefined {
  if (value === undefined) return null;
  return isId(value) ? value : undefined;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= SECONDS_MAX;
}
