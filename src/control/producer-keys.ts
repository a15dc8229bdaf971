/** /v1/producer-keys: issuing, listing, rotating and revoking. The key itself is in one answer, once, and nowhere else. */
import type { Context, Hono } from "hono";
import * as v from "valibot";
import { LIMITS } from "../config/limits.ts";
import type { KeyPosition, ProducerKeyRecord } from "../consent/writer.ts";
import { issueProducerKey } from "../identity/producer-key.ts";
import { writerOf } from "./asking.ts";
import { readJson } from "./body.ts";
import { CURSOR_QUERY, cursorOf, limitOf, toCursor } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { id, ids, instant, read, wholeNumber } from "./fields.ts";
import { pathId, type Reply, resource } from "./resource.ts";
import { producerKeyView } from "./views.ts";

export const ProducerKey = v.strictObject({
  producer: id,
  /** Account ids, or only `*` for every account. */
  accounts: ids,
  /** Ids of routes of the configuration. */
  routes: ids,
  /** Cut to whole seconds. */
  expires_at: instant,
});

export const Rotation = v.strictObject({
  /** How long both keys are good, s. 0: the old one ends now. */
  overlap_s: wholeNumber(0, LIMITS.key_overlap_s_max),
  /** Of the new key. Default: as long from now as the old one was issued for. */
  expires_at: v.optional(instant),
});

export function producerKeys(app: Hono, deps: ControlDeps): void {
  resource(
    app,
    "/producer-keys",
    {
      async GET(c) {
        const limit = limitOf(c);
        const found = await deps.records.producerKeys({
          before: cursorOf(c, isKeyPosition),
          limit: limit + 1,
        });
        const page = found.slice(0, limit);
        const last = page.at(-1);
        const more = found.length > limit && last !== undefined;
        const next = more ? toCursor({ createdAt: last.createdAt, id: last.id }) : null;
        return { status: 200, body: { producer_keys: page.map(producerKeyView), next } };
      },

      async POST(c) {
        const body = read(ProducerKey, await readJson(c.req.raw));
        if (!body.routes.every((route) => deps.routeIds.includes(route))) {
          refuse({ code: "route_not_configured", routes: deps.routeIds });
        }
        if (body.accounts.includes("*") && body.accounts.length > 1) {
          refuse({ code: "field_invalid", field: "accounts", expected: 'account ids, or only "*"' });
        }
        const { producer, accounts, routes } = body;
        const successor = keyRecord(deps, { producer, accounts, routes }, body.expires_at);
        const key = await issued(successor, deps.keySecret);
        await writerOf(deps, c).addProducerKey(successor);
        return shownOnce(c, successor, key);
      },
    },
    CURSOR_QUERY,
  );

  resource(app, "/producer-keys/:key", {
    async GET(c) {
      return { status: 200, body: producerKeyView(await keyOf(deps, c)) };
    },

    async DELETE(c) {
      const record = await deps.writer.revokeProducerKey(pathId(c, "key"), deps.now());
      if (record === null) refuse({ code: "not_found", what: "producer_key" });
      return { status: 200, body: producerKeyView(record) };
    },
  });

  resource(app, "/producer-keys/:key/rotate", {
    async POST(c) {
      const body = read(Rotation, await readJson(c.req.raw));
      const old = await keyOf(deps, c);
      const now = deps.now();
      if (old.revokedAt !== null || old.expiresAt <= now) refuse({ code: "key_ended" });
      const { producer, accounts, routes } = old;
      const expiresAt = body.expires_at ?? now + (old.expiresAt - old.createdAt);
      const successor = keyRecord(deps, { producer, accounts, routes }, expiresAt);
      const key = await issued(successor, deps.keySecret);
      const endsAt = now + body.overlap_s * 1_000;
      if ((await writerOf(deps, c).rotateProducerKey(old.id, successor, endsAt)) === "changed") {
        refuse({ code: "key_ended" });
      }
      return shownOnce(c, successor, key);
    },
  });
}

async function keyOf(deps: ControlDeps, c: Context): Promise<ProducerKeyRecord> {
  const record = await deps.records.producerKey(pathId(c, "key"));
  return record ?? refuse({ code: "not_found", what: "producer_key" });
}

function keyRecord(
  deps: ControlDeps,
  names: Pick<ProducerKeyRecord, "producer" | "accounts" | "routes">,
  expires: number,
): ProducerKeyRecord {
  const createdAt = deps.now();
  const expiresAt = Math.floor(expires / 1_000) * 1_000;
  if (expiresAt <= createdAt) refuse({ code: "instant_past", field: "expires_at" });
  return { id: deps.newId("key"), ...names, createdAt, expiresAt, revokedAt: null };
}

/** A repeated request is answered without it: whoever lost the key rotates it. */
function shownOnce(c: Context, record: ProducerKeyRecord, key: string): Reply {
  c.set("withheld", ["key"]);
  return { status: 201, body: { ...producerKeyView(record), key } };
}

async function issued(
  { id, producer, accounts, routes, createdAt, expiresAt }: ProducerKeyRecord,
  secret: string,
): Promise<string> {
  try {
    return await issueProducerKey({ id, producer, accounts, routes, issuedAt: createdAt, expiresAt }, secret);
  } catch (error) {
    if (error instanceof RangeError) refuse({ code: "key_too_long" });
    throw error;
  }
}

function isKeyPosition(value: unknown): value is KeyPosition {
  const { createdAt, id } = (value ?? {}) as Partial<KeyPosition>;
  return Number.isSafeInteger(createdAt) && typeof id === "string";
}
