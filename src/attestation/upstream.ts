/**
 * `tenfour/upstream`: what an ingestion endpoint uses to refuse whatever did not come through the gate. A plain function over any `Request`,
 * and the same as Hono middleware. Starts nothing, keeps only what its replay store keeps.
 */
import type { Context, MiddlewareHandler } from "hono";
import { parseVerifierKey, type VerifierKey } from "../ledger/note-keys.ts";
import {
  type Attestation,
  type Attested,
  type RefusalCode,
  type UpstreamPolicy,
  verifyAttestation,
} from "./verify.ts";

export { contentDigest } from "./content-digest.ts";
export { type Claim, MemoryReplayStore, type ReplayStore } from "./replay.ts";
export {
  type Attestation,
  type Attested,
  type Received,
  type RefusalCode,
  type UpstreamPolicy,
  verifyAttestation,
} from "./verify.ts";

/** Bodies whose digest was sent are held in memory to be checked: none longer than this, bytes. */
export const DIGEST_BODY_BYTES_MAX = 32 * 1024 * 1024;

/** The gate's public keys, one a line, as its operator publishes them. Rejects with an `Error` at a line that is no key, or at none. */
export async function readGateKeys(text: string): Promise<readonly VerifierKey[]> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const keys = await Promise.all(lines.map((line) => parseVerifierKey(line.trim())));
  if (keys.length === 0 || !keys.every((key) => key !== null)) {
    throw new Error("The gate's keys must be lines of the form name+id+key.");
  }
  return keys;
}

/** Reads the body of a clone, and only where the gate sent its digest and its length: the request can still be read. */
export function verifyRequest(
  request: Request,
  policy: UpstreamPolicy,
  now: number = Date.now(),
): Promise<Attested> {
  return verifyAttestation(
    {
      method: request.method,
      header: (name) => request.headers.get(name),
      body: async () =>
        isShort(request.headers.get("content-length"))
          ? new Uint8Array(await request.clone().arrayBuffer())
          : null,
    },
    policy,
    now,
  );
}

/** Lets through what the gate attested, and sets `attestation` for the handlers; answers anything else with a problem (RFC 9457). */
export function gateOnly(
  policy: UpstreamPolicy,
): MiddlewareHandler<{ Variables: { attestation: Attestation } }> {
  return async (context, next) => {
    const attested = await verifyAttestation(
      {
        method: context.req.method,
        header: (name) => context.req.raw.headers.get(name),
        body: () => bodyOf(context),
      },
      policy,
      Date.now(),
    );
    if (!attested.ok) return refusal(attested.code);
    context.set("attestation", attested.attestation);
    await next();
    return undefined;
  };
}

/** Hono keeps what it has read, so that the handler can read it again. */
async function bodyOf(context: Context): Promise<Uint8Array | null> {
  if (!isShort(context.req.raw.headers.get("content-length"))) return null;
  return new Uint8Array(await context.req.arrayBuffer());
}

function isShort(length: string | null): boolean {
  return length !== null && /^\d+$/.test(length) && Number(length) <= DIGEST_BODY_BYTES_MAX;
}

const STATUS: Readonly<Record<RefusalCode, number>> = {
  not_attested: 401,
  malformed: 401,
  unknown_key: 401,
  bad_signature: 401,
  expired: 401,
  not_yet_valid: 401,
  wrong_route: 403,
  wrong_purpose: 403,
  wrong_configuration: 403,
  digest_missing: 403,
  digest_mismatch: 400,
  replayed: 409,
  replay_store_full: 503,
};

const DETAIL: Readonly<Record<RefusalCode, string>> = {
  not_attested: "This request carries no signature of the gate. Send it through the gate.",
  malformed: "The gate's signature is not as the gate writes it, or does not cover what it must.",
  unknown_key: "The signature is by a key this endpoint does not know. Add the gate's current public key.",
  bad_signature:
    "The signature is not of this request to this endpoint. Compare the URL in the gate's configuration.",
  expired: "The signature has expired. Compare the clocks, and do not store requests to send them later.",
  not_yet_valid: "The signature is from the future. Compare the clocks.",
  wrong_route: "This endpoint takes nothing from that route of the gate.",
  wrong_purpose: "This endpoint takes nothing for that purpose.",
  wrong_configuration: "The gate decided under a configuration this endpoint has not agreed to.",
  digest_missing: "This endpoint takes only bodies whose digest was signed.",
  digest_mismatch: "The body is not the one the gate sent, or cannot be held to be checked.",
  replayed: "This exchange was taken before.",
  replay_store_full: "Too many exchanges are remembered at the moment. Nothing was taken.",
};

/** What to answer a request that is refused: a problem (RFC 9457). */
export function refusal(code: RefusalCode): Response {
  const status = STATUS[code];
  const problem = { type: "about:blank", title: code, status, detail: DETAIL[code] };
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (status === 503) headers["retry-after"] = "5";
  return new Response(JSON.stringify(problem), { status, headers });
}
