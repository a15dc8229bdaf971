/**
 * Who may do what, as data: for each path, which roles see what it names and which may use each method. `permit.ts` applies it, with
 * the bindings: an identity bound to an account, a conversation or a person sees only those.
 * A path that is not here is for the operator alone.
 */
import { ROLES, type Role } from "../config/identity.ts";

export interface Access {
  /** Roles for which what the path names exists; for the others it answers 404. */
  readonly sees: readonly Role[];
  /** Roles that may use the method; for others that see it, it answers 403. */
  readonly may: Readonly<Record<string, readonly Role[]>>;
  /** Roles that may PUT what is not there yet, within what they are bound to; `may` says who changes it once it is. */
  readonly creates?: readonly Role[];
  /** Only for those bound to no account: what it shows is of all accounts. */
  readonly unbound?: boolean;
}

const EVERYONE = ROLES;
const OPERATOR: readonly Role[] = ["operator"];
const ACCOUNT_SIDE: readonly Role[] = ["operator", "owner", "admin"];
export const ACCOUNT_READERS: readonly Role[] = [...ACCOUNT_SIDE, "auditor"];
const HOST_SIDE: readonly Role[] = ["operator", "host"];
const PERSON: readonly Role[] = ["operator", "participant"];
const PERSON_READERS: readonly Role[] = [...ACCOUNT_READERS, "participant"];
const OVERSEERS: readonly Role[] = ["operator", "auditor"];

const participant = "/conversations/:conversation/participants/:person";

export const ACCESS: Readonly<Record<string, Access>> = {
  "/notices": { sees: EVERYONE, may: { GET: EVERYONE, POST: OPERATOR } },

  "/accounts/:account": { sees: ACCOUNT_READERS, may: { GET: ACCOUNT_READERS, PUT: ACCOUNT_SIDE } },
  "/accounts/:account/services/:service": {
    sees: ACCOUNT_READERS,
    may: { GET: ACCOUNT_READERS, PUT: ACCOUNT_SIDE },
  },
  "/accounts/:account/services/:service/ask-again": { sees: ACCOUNT_READERS, may: { GET: ACCOUNT_READERS } },
  "/services/:service/ask-again": { sees: EVERYONE, may: { GET: OVERSEERS }, unbound: true },
  "/accounts/:account/consents": {
    sees: ACCOUNT_READERS,
    may: { GET: ACCOUNT_READERS, POST: ACCOUNT_SIDE },
  },
  "/accounts/:account/participants/:person": { sees: PERSON_READERS, may: { GET: PERSON_READERS } },
  "/accounts/:account/participants/:person/objections": { sees: PERSON_READERS, may: { POST: PERSON } },
  "/accounts/:account/participants/:person/objections/withdraw": {
    sees: PERSON_READERS,
    may: { POST: PERSON },
  },
  "/accounts/:account/participants/:person/erasures": { sees: PERSON_READERS, may: { POST: OPERATOR } },

  "/conversations/:conversation": {
    sees: EVERYONE,
    may: { GET: EVERYONE, PUT: ACCOUNT_SIDE },
    creates: [...ACCOUNT_SIDE, "host"],
  },
  "/conversations/:conversation/consent-status": { sees: EVERYONE, may: { GET: EVERYONE } },
  "/conversations/:conversation/consents": {
    sees: EVERYONE,
    may: { GET: [...ACCOUNT_READERS, "host"], POST: HOST_SIDE },
  },
  [participant]: { sees: EVERYONE, may: { GET: PERSON_READERS } },
  [`${participant}/join`]: { sees: EVERYONE, may: { POST: HOST_SIDE } },
  [`${participant}/leave`]: { sees: EVERYONE, may: { POST: HOST_SIDE } },
  [`${participant}/notices`]: { sees: EVERYONE, may: { GET: EVERYONE, POST: HOST_SIDE } },
  [`${participant}/answers`]: { sees: EVERYONE, may: { GET: PERSON_READERS, POST: PERSON } },

  "/producer-keys": { sees: EVERYONE, may: { GET: OVERSEERS, POST: OPERATOR }, unbound: true },
  "/producer-keys/:key": { sees: OVERSEERS, may: { GET: OVERSEERS, DELETE: OPERATOR }, unbound: true },
  "/producer-keys/:key/rotate": { sees: OVERSEERS, may: { POST: OPERATOR }, unbound: true },

  "/explain": { sees: EVERYONE, may: { POST: ACCOUNT_READERS } },

  "/imports/consents": { sees: EVERYONE, may: { POST: OPERATOR } },
  "/imports/participants": { sees: EVERYONE, may: { POST: OPERATOR } },
  "/exports/consents": { sees: EVERYONE, may: { GET: OPERATOR } },
  "/exports/participants": { sees: EVERYONE, may: { GET: OPERATOR } },

  "/exchanges": { sees: EVERYONE, may: { GET: EVERYONE } },
  "/exchanges/:exchange": { sees: EVERYONE, may: { GET: EVERYONE } },
  "/exchanges/:exchange/proof": { sees: EVERYONE, may: { GET: EVERYONE } },

  "/consents/:consent/impact": {
    sees: [...ACCOUNT_READERS, "host"],
    may: { GET: [...ACCOUNT_READERS, "host"] },
  },
  "/consents/:consent/receipt": {
    sees: [...ACCOUNT_READERS, "host"],
    may: { GET: [...ACCOUNT_READERS, "host"] },
  },
  "/answers/:answer/receipt": { sees: PERSON_READERS, may: { GET: PERSON_READERS } },
  "/objections/:objection/impact": { sees: PERSON_READERS, may: { GET: PERSON_READERS } },

  "/ledger/checkpoints": { sees: EVERYONE, may: { GET: EVERYONE } },
  "/ledger/consistency": { sees: EVERYONE, may: { GET: EVERYONE } },
  "/ledger/tiles/:level/:tile": { sees: EVERYONE, may: { GET: EVERYONE } },
  "/ledger/export": { sees: EVERYONE, may: { GET: ACCOUNT_READERS } },
  "/ledger/acknowledgements": { sees: EVERYONE, may: { POST: OPERATOR } },
  "/ledger/reconciliations": { sees: EVERYONE, may: { POST: OPERATOR } },
};
