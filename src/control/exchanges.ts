/**
 * /v1/exchanges: what each request through the gate did, as recorded. Changes nothing.
 * Whoever is bound to an account sees the exchanges that held items of it, and of those only what was its own; whoever is bound to a conversation,
 * of that conversation.
 */
import type { Context, Hono } from "hono";
import { type Exchange, foldExchange } from "../evidence/exchange.ts";
import type { ExchangeFilter } from "../ledger/port.ts";
import { type Asking, askingOf } from "./asking.ts";
import { CURSOR_QUERY, cursorOf, isPosition, limitOf, toCursor } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { isId } from "./fields.ts";
import { parseInstant } from "./instant.ts";
import { pathId, queryWord, resource } from "./resource.ts";
import { exchangeView } from "./views.ts";

/** Each one listed is a read of its entries. */
const LISTED_MAX = 100;
const LISTED_DEFAULT = 20;

export const FILTERS = ["account", "conversation", "person", "route", "reason", "from", "to"] as const;
type Filters = Readonly<Record<(typeof FILTERS)[number], string | null>>;

export function exchanges(app: Hono, deps: ControlDeps): void {
  resource(
    app,
    "/exchanges",
    {
      /** A page may hold fewer than `limit` while there is a `next`: those of other accounts are passed over. */
      async GET(c) {
        const limit = limitOf(c, LISTED_MAX, LISTED_DEFAULT);
        const asking = askingOf(c);
        const before = cursorOf(c, isPosition);
        const filter = await filterOf(deps, c, asking);
        const listed =
          filter === null
            ? await deps.evidence.recent(limit + 1, before)
            : await deps.ledger.find(filter, limit + 1, before);
        const page = listed.slice(0, limit);
        const found = await Promise.all(page.map(({ exchange }) => seenExchange(deps, exchange, asking)));
        const next = listed.length > limit ? toCursor(page.at(-1)?.position ?? null) : null;
        const seen = found.filter((exchange) => exchange !== null);
        return { status: 200, body: { exchanges: seen.map(summary), next } };
      },
    },
    [...FILTERS, ...CURSOR_QUERY],
  );

  resource(app, "/exchanges/:exchange", {
    async GET(c) {
      const exchange = await seenExchange(deps, pathId(c, "exchange"), askingOf(c));
      if (exchange === null) refuse({ code: "not_found", what: "exchange" });
      return { status: 200, body: exchangeView(exchange) };
    },
  });
}

/** null: there is none, or nothing of it is theirs to see. */
export async function seenExchange(deps: ControlDeps, id: string, asking: Asking): Promise<Exchange | null> {
  const exchange = foldExchange(await deps.evidence.entries(id));
  return exchange === null ? null : seenBy(asking, exchange);
}

/** null: nothing was asked for in particular. */
async function filterOf(deps: ControlDeps, c: Context, asking: Asking): Promise<ExchangeFilter | null> {
  const asked = Object.fromEntries(FILTERS.map((name) => [name, queryWord(c, name)])) as unknown as Filters;
  for (const name of ["account", "conversation", "person", "route", "reason"] as const) {
    if (asked[name] !== null && !isId(asked[name])) {
      refuse({ code: "field_invalid", field: name, expected: "an id" });
    }
  }
  const instants = { from: instantOf("from", asked.from), to: instantOf("to", asked.to) };
  if (Object.values(asked).every((value) => value === null)) return null;
  const account = asked.account ?? asking.account;
  const known = asked.person === null ? null : await deps.impact.conversationsOf(account, asked.person);
  const { conversation } = asked;
  return {
    account,
    conversations:
      known === null
        ? conversation === null
          ? null
          : [conversation]
        : known.filter((one) => conversation === null || one === conversation),
    route: asked.route,
    reason: asked.reason,
    ...instants,
  };
}

function instantOf(field: string, text: string | null): number | null {
  if (text === null) return null;
  return (
    parseInstant(text) ??
    refuse({ code: "field_invalid", field, expected: "an RFC 3339 instant, such as 2026-01-31T12:00:00Z" })
  );
}

/** Where others' items were in it too, nothing that was counted or measured over all of it. */
function seenBy({ account, conversation }: Asking, exchange: Exchange): Exchange | null {
  if (account === null) return exchange;
  const decided = exchange.decided.filter(
    (count) => count.account === account && (conversation === null || count.conversation === conversation),
  );
  if (decided.length === 0) return null;
  if (decided.length === exchange.decided.length) return exchange;
  const nothing = { counts: null, settled: null, in_doubt: null, received: null, sent: null };
  return { ...exchange, ...nothing, decided, rests_on: [] };
}

/** Without what may be long. */
function summary(exchange: Exchange) {
  const { decided: _decided, rests_on: _rests, ...rest } = exchangeView(exchange);
  return rest;
}
