/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-08) on POST: what was carried out once is answered again, not done again.
 * The change marks the key in its own batch, so that a crash between the two leaves no doubt. Reads no meaning into bodies.
 */
import type { Context } from "hono";
import { sha256 } from "../base/digest.ts";
import { LIMITS } from "../config/limits.ts";
import type { Claim, KeptAnswer } from "../consent/idempotency.ts";
import { askingOf } from "./asking.ts";
import { isJson, readBytes } from "./body.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";

/** An RFC 9651 string. */
const STRING = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;
/** Headers of an answer that are kept with it. */
const KEPT_HEADERS = ["ETag"];

/** The answer, if the request had one already; else carries it out. Streams, which are not JSON, take no key. */
export async function once(
  deps: ControlDeps,
  c: Context,
  carryOut: () => Promise<void>,
): Promise<Response | undefined> {
  const header = c.req.method === "POST" ? c.req.header("Idempotency-Key") : undefined;
  if (header === undefined || !isJson(c.req.raw)) {
    await carryOut();
    return;
  }
  const key = STRING.exec(header.trim())?.[1];
  if (key === undefined || key.length > LIMITS.idempotency_key_chars_max) {
    const expected = `a quoted string of 1 to ${LIMITS.idempotency_key_chars_max} characters, such as "8e03978e-40d5"`;
    refuse({ code: "header_invalid", header: "Idempotency-Key", expected });
  }
  const { recordedBy, account, conversation, person } = askingOf(c);
  const bytes = await readBytes(c.req.raw);
  c.req.raw = new Request(c.req.raw.url, { method: "POST", headers: c.req.raw.headers, body: bytes });
  const claim: Claim = {
    keyDigest: sha256(JSON.stringify([recordedBy, account, conversation, person, c.req.path, key])),
    claim: deps.newId("clm"),
  };
  const now = deps.now();
  const claimed = await deps.idempotency.claim(claim, sha256(new TextDecoder("latin1").decode(bytes)), now);
  switch (claimed.is) {
    case "answered":
      return answer(claimed.answer);
    case "underway":
      return refuse({ code: "repeat_underway" });
    case "lost":
      return refuse({ code: "repeat_lost" });
    case "other_payload":
      return refuse({ code: "repeat_differs" });
    case "claimed":
  }
  c.set("writer", deps.writerMarking(claim));
  await carryOut();
  await settle(deps, c, claim);
}

/** The change is made or refused already: failing to keep its answer does not undo it. */
async function settle(deps: ControlDeps, c: Context, claim: Claim): Promise<void> {
  try {
    if (!c.res.ok) return await deps.idempotency.release(claim);
    const withheld = c.get("withheld") ?? [];
    const body: object = await c.res.clone().json();
    const kept = Object.entries(body).filter(([name]) => !withheld.includes(name));
    const headers = KEPT_HEADERS.flatMap((name) => {
      const value = c.res.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    await deps.idempotency.keep(claim, {
      status: c.res.status,
      headers: Object.fromEntries(headers),
      body: Object.fromEntries(kept),
    });
  } catch {}
}

function answer({ status, headers, body }: KeptAnswer): Response {
  return Response.json(body, { status, headers: { ...headers, "Cache-Control": "no-store" } });
}
