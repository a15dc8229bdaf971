/** Reply: what the sender is told. Never success for a failed exchange, never an echo of content. */
import type { Reason } from "../decision/model.ts";
import { type ExchangeOutcome, type ItemOutcome, UNCONFIRMED } from "../evidence/entries.ts";
import type { Fault } from "./fault.ts";
import { FAULT_WORDS } from "./fault.ts";
import { answerHeaders } from "./upstream.ts";

export interface Denied {
  /** The first `ITEMS_NAMED_MAX`. */
  readonly items: { readonly index: number; readonly reason: Reason }[];
  total: number;
}

/** What an answer says of its exchange: `Exchange` has this shape. */
export interface Told {
  readonly id: string;
  readonly counts: Readonly<Record<ItemOutcome, number>>;
}

/** How a sender is answered: not every protocol has the same words for it. */
export interface Answers {
  /** The upstream answered; an outcome of `unknown`: before it can have had everything. */
  readonly forwarded: (
    exchange: Told,
    response: Response,
    outcome: ExchangeOutcome,
  ) => Response | Promise<Response>;
  readonly nothingLeft: (exchange: Told) => Response;
  readonly fault: (
    fault: Fault,
    exchange: Told,
    outcome: ExchangeOutcome,
    upstreamStatus: number | null,
    denied?: Denied,
  ) => Response;
}

/** How many denied items an answer names; it says how many there are. */
export const ITEMS_NAMED_MAX = 10_000;
const RETRY_AFTER_S = 5;

/** The upstream's status and body. */
export function answerForwarded(exchange: Told, response: Response, outcome: ExchangeOutcome): Response {
  const headers = answerHeaders(response);
  label(headers, exchange, outcome);
  return new Response(response.body, { status: response.status, headers });
}

/** The gate's own words: the counts. */
export function answerCounts(exchange: Told, outcome: ExchangeOutcome): Response {
  const headers = new Headers({ "content-type": "application/json" });
  label(headers, exchange, outcome);
  const { forwarded, stripped, dropped } = exchange.counts;
  return new Response(JSON.stringify({ exchange: exchange.id, forwarded, stripped, dropped }), { headers });
}

export const PLAIN_ANSWERS: Answers = {
  forwarded: answerForwarded,
  nothingLeft: (exchange) => answerCounts(exchange, "dropped"),
  fault: answerFault,
};

/** A request that never became an exchange. */
export function answerRefused(fault: Fault): Response {
  return problem(fault, new Headers(), {});
}

export function answerFault(
  fault: Fault,
  exchange: Told,
  outcome: ExchangeOutcome,
  upstreamStatus: number | null,
  denied: Denied = { items: [], total: 0 },
): Response {
  const headers = new Headers();
  label(headers, exchange, outcome);
  const { forwarded, stripped, dropped } = exchange.counts;
  return problem(fault, headers, {
    exchange: exchange.id,
    outcome,
    forwarded,
    stripped,
    dropped,
    ...(upstreamStatus === null ? {} : { upstream_status: upstreamStatus }),
    ...(denied.total === 0 ? {} : { denied: denied.items, denied_total: denied.total }),
  });
}

function problem(fault: Fault, headers: Headers, more: object): Response {
  const { status, title, advice } = FAULT_WORDS[fault.code];
  headers.set("content-type", "application/problem+json");
  headers.set("cache-control", "no-store");
  if (status === 503) headers.set("retry-after", String(RETRY_AFTER_S));
  if (status === 401) headers.set("www-authenticate", "Bearer");
  if (status === 405) headers.set("allow", "POST");
  const body = {
    type: `urn:tenfour:problem:${fault.code}`,
    title,
    status,
    detail: fault.advice ?? advice,
    code: fault.code,
    ...(fault.index === null ? {} : { index: fault.index }),
    ...more,
  };
  return new Response(JSON.stringify(body), { status, headers });
}

function label(headers: Headers, exchange: Told, outcome: ExchangeOutcome): void {
  const { forwarded, stripped, dropped, rejected } = exchange.counts;
  const rejections = rejected > 0 ? `, rejected=${rejected}` : "";
  const doubt = UNCONFIRMED.includes(outcome) ? ", unconfirmed" : "";
  headers.set("cache-control", "no-store");
  headers.set("tenfour-exchange", exchange.id);
  headers.set(
    "tenfour-outcome",
    `forwarded=${forwarded}, stripped=${stripped}, dropped=${dropped}${rejections}${doubt}`,
  );
}
