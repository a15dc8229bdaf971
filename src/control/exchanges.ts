/**
 * /v1/exchanges: what each request through the gate did, as recorded. Changes nothing.
 * Whoever is bound to an account sees the exchanges that held items of it, and of those only what was its own.
 */
import type { Hono } from "hono";
import { type Exchange, foldExchange } from "../evidence/exchange.ts";
import { type Asking, askingOf } from "./asking.ts";
import { CURSOR_QUERY, cursorOf, isPosition, limitOf, toCursor } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { pathId, resource } from "./resource.ts";
import { exchangeView } from "./views.ts";

/** Each one listed is a read of its entries. */
const LISTED_MAX = 100;
const LISTED_DEFAULT = 20;

export function exchanges(app: Hono, deps: ControlDeps): void {
  const load = async (id: string, asking: Asking) => {
    const exchange = foldExchange(await deps.evidence.entries(id));
    return exchange === null ? null : seenBy(asking, exchange);
  };

  resource(
    app,
    "/exchanges",
    {
      /** A page may hold fewer than `limit` while there is a `next`: those of other accounts are passed over. */
      async GET(c) {
        const limit = limitOf(c, LISTED_MAX, LISTED_DEFAULT);
        const listed = await deps.evidence.recent(limit + 1, cursorOf(c, isPosition));
        const page = listed.slice(0, limit);
        const asking = askingOf(c);
        const found = await Promise.all(page.map(({ exchange }) => load(exchange, asking)));
        const next = listed.length > limit ? toCursor(page.at(-1)?.position ?? null) : null;
        const seen = found.filter((exchange) => exchange !== null);
        return { status: 200, body: { exchanges: seen.map(summary), next } };
      },
    },
    CURSOR_QUERY,
  );

  resource(app, "/exchanges/:exchange", {
    async GET(c) {
      const exchange = await load(pathId(c, "exchange"), askingOf(c));
      if (exchange === null) refuse({ code: "not_found", what: "exchange" });
      return { status: 200, body: exchangeView(exchange) };
    },
  });
}

/** Where other accounts' items were in it too, nothing that was counted or measured over all of it. */
function seenBy({ account }: Asking, exchange: Exchange): Exchange | null {
  if (account === null) return exchange;
  const decided = exchange.decided.filter((count) => count.account === account);
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
