/** /v1/exchanges: what each request through the gate did, as recorded. Changes nothing. */
import type { Hono } from "hono";
import { type Exchange, foldExchange } from "../evidence/exchange.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { pathId, queryNumber, resource } from "./resource.ts";
import { exchangeView } from "./views.ts";

/** Each one listed is a read of its entries. */
const LISTED_MAX = 100;

export function exchanges(app: Hono, deps: ControlDeps): void {
  const load = async (id: string): Promise<Exchange | null> => foldExchange(await deps.evidence.entries(id));

  resource(
    app,
    "/exchanges",
    {
      async GET(c) {
        const ids = await deps.evidence.recent(queryNumber(c, "limit", LISTED_MAX, 20));
        const found = (await Promise.all(ids.map(load))).filter((exchange) => exchange !== null);
        return { status: 200, body: { exchanges: found.map(summary) } };
      },
    },
    ["limit"],
  );

  resource(app, "/exchanges/:exchange", {
    async GET(c) {
      const exchange = await load(pathId(c, "exchange"));
      if (exchange === null) refuse({ code: "not_found", what: "exchange" });
      return { status: 200, body: exchangeView(exchange) };
    },
  });
}

/** Without what may be long. */
function summary(exchange: Exchange) {
  const { decided: _decided, rests_on: _rests, ...rest } = exchangeView(exchange);
  return rest;
}
