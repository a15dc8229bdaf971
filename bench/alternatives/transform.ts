/** The same, streamed as the platform's documentation suggests: text decoder, a TransformStream over lines, text encoder. */
import { Hono } from "hono";
import { type Consented, readConsents } from "./consented.ts";

const app = new Hono<{ Bindings: { UPSTREAM: string; CONSENT: D1Database } }>();

app.post("/*", async (c) => {
  const consented = await readConsents(c.env.CONSENT, null);
  const body = c.req.raw.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(filterLines(consented))
    .pipeThrough(new TextEncoderStream());
  return fetch(c.env.UPSTREAM, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: body ?? null,
  });
});

function filterLines(consented: Consented): TransformStream<string, string> {
  let rest = "";
  return new TransformStream<string, string>({
    transform(chunk, controller) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      const records = lines.map((line) => JSON.parse(line)).filter(consented);
      if (records.length > 0) controller.enqueue(records.map((r) => `${JSON.stringify(r)}\n`).join(""));
    },
    flush(controller) {
      if (rest === "") return;
      const record = JSON.parse(rest);
      if (consented(record)) controller.enqueue(`${JSON.stringify(record)}\n`);
    },
  });
}

export default app;
