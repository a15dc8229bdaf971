/** One path of /v1 and its methods: what else is asked of it is refused, the query included. */
import type { Context, Hono } from "hono";
import { refuse } from "./fault.ts";
import { isId, nameOf } from "./fields.ts";

export interface Reply {
  readonly status: 200 | 201;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (c: Context) => Promise<Reply>;
type Method = "GET" | "PUT" | "POST" | "DELETE";

/** `query`: the parameters that GET reads. */
export function resource(
  app: Hono,
  path: string,
  methods: Readonly<Partial<Record<Method, Handler>>>,
  query: readonly string[] = [],
): void {
  const allow = Object.keys(methods).join(", ");
  for (const [method, handler] of Object.entries(methods)) {
    app.on(method, path, async (c) => {
      checkQuery(c, method === "GET" ? query : []);
      const { status, body, headers } = await handler(c);
      return c.json(body, status, { ...headers, "Cache-Control": "no-store" });
    });
  }
  app.all(path, () => refuse({ code: "method_not_allowed", allow }));
}

/** An id of the path, decoded. */
export function pathId(c: Context, name: string): string {
  const id = c.req.param(name) ?? "";
  if (!isId(id)) refuse({ code: "id_invalid" });
  return id;
}

/** A parameter of the query, or null. */
export function queryWord(c: Context, name: string): string | null {
  return c.req.query(name) ?? null;
}

/** A whole number of the query from 1 to `max`, or `otherwise`. */
export function queryNumber<T>(c: Context, name: string, max: number, otherwise: T): number | T {
  const text = c.req.query(name);
  if (text === undefined) return otherwise;
  const number = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= max))
    refuse({ code: "field_invalid", field: name, expected: `a whole number from 1 to ${max}` });
  return number;
}

export function checkQuery(c: Context, known: readonly string[]): void {
  for (const [name, values] of Object.entries(c.req.queries())) {
    if (!known.includes(name)) refuse({ code: "field_unknown", field: nameOf(name) });
    if (values.length > 1) refuse({ code: "field_invalid", field: name, expected: "one value" });
  }
}
