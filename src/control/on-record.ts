/** What people put on record in the ledger themselves, and what it calls them. Changes no entry: it can only add some. */
import type { Pseudonym } from "../ledger/entries.ts";
import { pseudonym } from "../ledger/pseudonym.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";

/** How often another entry may take the place that an entry was meant for. */
const TRIES_MAX = 5;

/** Resolves to the entry's position in its stream. */
export async function putOnRecord(
  { ledger }: ControlDeps,
  stream: string,
  type: string,
  at: number,
  body: object,
): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const position = ((await ledger.stream(stream)).at(-1)?.position ?? 0) + 1;
    if (await ledger.append([{ stream, position, type, at, body }])) return position;
  }
  return refuse({ code: "write_contended" });
}

/** Who put it on record, as the ledger calls them. */
export async function pseudonymOf({ outbox }: ControlDeps, recordedBy: string): Promise<Pseudonym | null> {
  const who = ["", recordedBy] as const;
  const key = (await outbox.pseudonymKeys([who])).get(JSON.stringify(who));
  return key === undefined ? null : pseudonym(key, recordedBy);
}
