/** What a good engineer writes in an afternoon: the whole body as text, parsed, filtered, written again. */
import { Hono } from "hono";
import { type Claim, readConsents } from "./consented.ts";

const app = new Hono<{ Bindings: { UPSTREAM: string; CONSENT: D1Database } }>();

app.post("/*", async (c) => {
  const text = await c.req.text();
  const records: Claim[] = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const consented = await readConsents(c.env.CONSENT, [...new Set(records.map(({ account }) => account))]);
  const body = records
    .filter(consented)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join("");
  return fetch(c.env.UPSTREAM, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body,
  });
});

export default app;
