/**
 * /v1/accounts/{account}/participants/{person}/erasures: takes a person's ids out of the evidence, on record, for good. No leaf changes, and what
 * is decided does not either, but for the worse: an objection to everything stands from then on, since nobody can ask them any more.
 */
import type { Context, Hono } from "hono";
import type { Erased } from "../consent/erasure.ts";
import type { Erasure } from "../ledger/entries.ts";
import { pseudonym } from "../ledger/pseudonym.ts";
import { askingOf } from "./asking.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { formatInstant } from "./instant.ts";
import { accountOf } from "./known.ts";
import { isToEverything, recordObjection, standingAmong } from "./objections.ts";
import { pseudonymOf, putOnRecord } from "./on-record.ts";
import { pathId, resource } from "./resource.ts";

const ERASURE = "erasure";

export function erasures(app: Hono, deps: ControlDeps): void {
  resource(app, "/accounts/:account/participants/:person/erasures", {
    async POST(c) {
      const person = pathId(c, "person");
      const { id: account } = await accountOf(deps, c);
      await takeOver(deps);
      const { erased, key, names } = await deps.erasures.knownAs(account, person);
      if (erased !== null) {
        await objectToEverything(deps, c, account, person);
        return { status: 200, body: view(account, erased) };
      }
      if (key === null) refuse({ code: "not_found", what: "participant" });
      await objectToEverything(deps, c, account, person);
      const body: Erasure = {
        at: deps.now(),
        account,
        pseudonym: pseudonym(key, person),
        positions: [],
        recorded_by: await pseudonymOf(deps, askingOf(c).recordedBy),
      };
      // On record first: what is gone cannot be named any more.
      const done = (await onRecord(deps, body)) ?? {
        at: body.at,
        record: `${ERASURE}/${await putOnRecord(deps, ERASURE, ERASURE, body.at, body)}`,
      };
      await deps.erasures.erase(account, names, done);
      // It may have been withdrawn meanwhile; from the erasure on it cannot be.
      await objectToEverything(deps, c, account, person);
      return { status: 201, body: view(account, done) };
    },
  });
}

/** Unless they do. */
async function objectToEverything(deps: ControlDeps, c: Context, account: string, person: string) {
  const { history } = await deps.records.answers(account, null, person);
  if (standingAmong(history).some(isToEverything)) return;
  await recordObjection(deps, c, { account, conversation: null, person, service: null }, "objected");
}

/** What there is of them so far enters the ledger under their pseudonym. Refuses where it cannot. */
async function takeOver(deps: ControlDeps): Promise<void> {
  if ((await deps.writeLedger()) === null) refuse({ code: "evidence_unavailable" });
  const head = await deps.ledger.head();
  if (head !== null && !(await deps.outbox.after(head.change, 1)).holds)
    refuse({ code: "state_unavailable" });
}

/** The record of an erasure that was begun and not ended. */
async function onRecord(deps: ControlDeps, { account, pseudonym: known }: Erasure): Promise<Erased | null> {
  for (const { position, body } of await deps.ledger.stream(ERASURE)) {
    const said = JSON.parse(body) as Erasure;
    if (said.account === account && said.pseudonym === known)
      return { at: said.at, record: `${ERASURE}/${position}` };
  }
  return null;
}

function view(account: string, { at, record }: Erased) {
  return { id: record, account, at: formatInstant(at) };
}
