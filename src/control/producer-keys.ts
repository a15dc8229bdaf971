/** /v1/producer-keys: issuing, listing and revoking. The key itself is in one answer, once, and nowhere else. */
import type { Hono } from "hono";
import * as v from "valibot";
import { issueProducerKey } from "../identity/producer-key.ts";
import { readJson } from "./body.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { id, ids, instant, read } from "./fields.ts";
import { pathId, resource } from "./resource.ts";
import { producerKeyView } from "./views.ts";

const ProducerKey = v.strictObject({
  producer: id,
  /** Account ids, or only `*` for every account. */
  accounts: ids,
  /** Ids of routes of the configuration. */
  routes: ids,
  /** Cut to whole seconds. */
  expires_at: instant,
});

export function producerKeys(app: Hono, deps: ControlDeps): void {
  resource(app, "/producer-keys", {
    async GET() {
      return {
        status: 200,
        body: { producer_keys: (await deps.records.producerKeys()).map(producerKeyView) },
      };
    },

    async POST(c) {
      const body = read(ProducerKey, await readJson(c.req.raw));
      if (!body.routes.every((route) => deps.routeIds.includes(route))) {
        refuse({ code: "route_not_configured", routes: deps.routeIds });
      }
      if (body.accounts.includes("*") && body.accounts.length > 1) {
        refuse({ code: "field_invalid", field: "accounts", expected: 'account ids, or only "*"' });
      }
      const now = deps.now();
      const expiresAt = Math.floor(body.expires_at / 1000) * 1000;
      if (expiresAt <= now) refuse({ code: "instant_past", field: "expires_at" });
      const named = {
        id: deps.newId("key"),
        producer: body.producer,
        accounts: body.accounts,
        routes: body.routes,
      };
      const key = await issued({ ...named, issuedAt: now, expiresAt }, deps.keySecret);
      const record = { ...named, createdAt: now, expiresAt, revokedAt: null };
      await deps.writer.addProducerKey(record);
      return { status: 201, body: { ...producerKeyView(record), key } };
    },
  });

  resource(app, "/producer-keys/:key", {
    async GET(c) {
      const record = await deps.records.producerKey(pathId(c, "key"));
      if (record === null) refuse({ code: "not_found", what: "producer_key" });
      return { status: 200, body: producerKeyView(record) };
    },

    async DELETE(c) {
      const record = await deps.writer.revokeProducerKey(pathId(c, "key"), deps.now());
      if (record === null) refuse({ code: "not_found", what: "producer_key" });
      return { status: 200, body: producerKeyView(record) };
    },
  });
}

async function issued(claims: Parameters<typeof issueProducerKey>[0], secret: string): Promise<string> {
  try {
    return await issueProducerKey(claims, secret);
  } catch (error) {
    if (error instanceof RangeError) refuse({ code: "key_too_long" });
    throw error;
  }
}
