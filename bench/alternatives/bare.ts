/** The least a proxy can do: nothing is looked at. */
import { Hono } from "hono";

const app = new Hono<{ Bindings: { UPSTREAM: string } }>();

app.post("/*", (c) =>
  fetch(c.env.UPSTREAM, {
    method: "POST",
    headers: { "content-type": c.req.header("content-type") ?? "application/octet-stream" },
    body: c.req.raw.body,
  }),
);

export default app;
