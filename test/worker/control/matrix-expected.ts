/**
 * Who may do what, written down once more and by hand: the matrix test holds the control plane to it.
 * For each method and path, what each identity gets on what is its own and on what is another account's.
 * `ok`: carried out, or refused for what it says alone. `sees`: 403. `hidden`: 404, as if it did not exist.
 */

export const IDENTITIES = [
  "operator",
  "operator_token",
  "owner",
  "admin",
  "host",
  "participant",
  "neighbour",
  "auditor",
  "auditor_of_all",
] as const;
/** `operator_token`: the bootstrap operator. `neighbour`: a participant, asking about another person of the same conversation. */
export type Identity = (typeof IDENTITIES)[number];
export type Expected = "ok" | "sees" | "hidden";
export type Cell = readonly [own: Expected, other: Expected];
export type Row = Readonly<Record<Identity, Cell>>;

const OK: Cell = ["ok", "ok"];
const OWN: Cell = ["ok", "hidden"];
const SEES: Cell = ["sees", "hidden"];
const HIDDEN: Cell = ["hidden", "hidden"];
/** What belongs to no account. */
const SHUT: Cell = ["sees", "sees"];

const operators = { operator: OK, operator_token: OK };
/** Nobody but those named. */
const row = (others: Cell, named: Partial<Row>): Row => ({
  ...operators,
  owner: others,
  admin: others,
  host: others,
  participant: others,
  neighbour: others,
  auditor: others,
  auditor_of_all: others,
  ...named,
});
const accountRead = row(HIDDEN, { owner: OWN, admin: OWN, auditor: OWN, auditor_of_all: OK });
const accountWrite = row(HIDDEN, { owner: OWN, admin: OWN, auditor: SEES, auditor_of_all: SHUT });
const onlyOperators = row(SHUT, {});
const seenByAll = { auditor_of_all: SHUT };

export const MATRIX: Readonly<Record<string, Row>> = {
  "GET /notices": row(OK, {}),
  "POST /notices": onlyOperators,

  "GET /accounts/:account": accountRead,
  "PUT /accounts/:account": accountWrite,
  "GET /accounts/:account/services/:service": accountRead,
  "PUT /accounts/:account/services/:service": accountWrite,
  "GET /accounts/:account/services/:service/ask-again": accountRead,
  "GET /services/:service/ask-again": row(SHUT, { auditor_of_all: OK }),
  "GET /accounts/:account/consents": accountRead,
  "POST /accounts/:account/consents": accountWrite,
  "GET /accounts/:account/participants/:person": row(HIDDEN, {
    owner: OWN,
    admin: OWN,
    participant: OWN,
    auditor: OWN,
    auditor_of_all: OK,
  }),
  "POST /accounts/:account/participants/:person/objections": row(SEES, {
    ...seenByAll,
    host: HIDDEN,
    participant: OWN,
    neighbour: HIDDEN,
  }),
  "POST /accounts/:account/participants/:person/objections/withdraw": row(SEES, {
    ...seenByAll,
    host: HIDDEN,
    participant: OWN,
    neighbour: HIDDEN,
  }),
  "POST /accounts/:account/participants/:person/erasures": row(SEES, {
    ...seenByAll,
    host: HIDDEN,
    participant: HIDDEN,
    neighbour: HIDDEN,
  }),

  "GET /conversations/:conversation": row(OWN, { auditor_of_all: OK }),
  "PUT /conversations/:conversation": row(SEES, { ...seenByAll, owner: OWN, admin: OWN }),
  "GET /conversations/:conversation/consent-status": row(OWN, { auditor_of_all: OK }),
  "GET /conversations/:conversation/consents": row(OWN, {
    participant: SEES,
    neighbour: SEES,
    auditor_of_all: OK,
  }),
  "POST /conversations/:conversation/consents": row(SEES, { ...seenByAll, host: OWN }),
  "POST /conversations/:conversation/participants/:person/join": row(SEES, {
    ...seenByAll,
    host: OWN,
    neighbour: HIDDEN,
  }),
  "POST /conversations/:conversation/participants/:person/leave": row(SEES, {
    ...seenByAll,
    host: OWN,
    neighbour: HIDDEN,
  }),
  "GET /conversations/:conversation/participants/:person/notices": row(OWN, {
    neighbour: HIDDEN,
    auditor_of_all: OK,
  }),
  "POST /conversations/:conversation/participants/:person/notices": row(SEES, {
    ...seenByAll,
    host: OWN,
    neighbour: HIDDEN,
  }),
  "GET /conversations/:conversation/participants/:person/answers": row(OWN, {
    host: SEES,
    neighbour: HIDDEN,
    auditor_of_all: OK,
  }),
  "POST /conversations/:conversation/participants/:person/answers": row(SEES, {
    ...seenByAll,
    participant: OWN,
    neighbour: HIDDEN,
  }),
  "GET /conversations/:conversation/participants/:person": row(OWN, {
    host: SEES,
    neighbour: HIDDEN,
    auditor_of_all: OK,
  }),

  "GET /producer-keys": row(SHUT, { auditor_of_all: OK }),
  "POST /producer-keys": onlyOperators,
  "GET /producer-keys/:key": row(HIDDEN, { auditor_of_all: OK }),
  "DELETE /producer-keys/:key": row(HIDDEN, { auditor_of_all: SHUT }),
  "POST /producer-keys/:key/rotate": row(HIDDEN, { auditor_of_all: SHUT }),

  "GET /exchanges": row(OK, {}),
  "GET /exchanges/:exchange": row(OWN, { auditor_of_all: OK }),
  "GET /exchanges/:exchange/proof": row(OWN, { auditor_of_all: OK }),
  "GET /consents/:consent/impact": row(OWN, {
    host: HIDDEN,
    participant: HIDDEN,
    neighbour: HIDDEN,
    auditor_of_all: OK,
  }),
  "GET /consents/:consent/receipt": row(OWN, {
    host: HIDDEN,
    participant: HIDDEN,
    neighbour: HIDDEN,
    auditor_of_all: OK,
  }),
  "GET /answers/:answer/receipt": row(OWN, {
    host: HIDDEN,
    neighbour: HIDDEN,
    auditor_of_all: OK,
  }),
  "GET /objections/:objection/impact": row(OWN, {
    host: HIDDEN,
    neighbour: HIDDEN,
    auditor_of_all: OK,
  }),
  "GET /ledger/checkpoints": row(OK, {}),
  "GET /ledger/consistency": row(OK, {}),
  "GET /ledger/tiles/:level/:tile": row(OK, {}),
  "GET /ledger/export": row(OK, { host: SHUT, participant: SHUT, neighbour: SHUT }),
  "POST /ledger/acknowledgements": onlyOperators,
  "POST /ledger/reconciliations": onlyOperators,

  "POST /explain": row(OK, { host: SHUT, participant: SHUT, neighbour: SHUT }),
  "POST /imports/consents": onlyOperators,
  "POST /imports/participants": onlyOperators,
  "GET /exports/consents": onlyOperators,
  "GET /exports/participants": onlyOperators,
};
