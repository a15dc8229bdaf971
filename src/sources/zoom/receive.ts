/**
 * Receives Zoom's webhooks: signature first, over the bytes as they came; then what they tell is kept. Knows nothing of consent, and
 * answers 200 to events it has no use for, so that Zoom does not send them again.
 */
import { within } from "../../base/deadline.ts";
import type { ZoomSourceConfig } from "../../config/define.ts";
import { LIMITS } from "../../config/limits.ts";
import type { SourceEvent, SourceFeed } from "../../consent/source-feed.ts";
import { readEvent } from "./event.ts";
import { problem, type ZoomFault } from "./problem.ts";
import { isZooms, tokenAnswer } from "./signature.ts";

export interface ZoomDeps {
  readonly feed: SourceFeed;
  /** The value of a secret of the configuration. */
  readonly secretOf: (name: string) => string;
  /** Counts a signature that is not Zoom's; false: that client has sent too many. */
  readonly countFailure: (client: string) => Promise<boolean>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** By exact path. */
export type ZoomReceiver = (request: Request) => Promise<Response>;

export function zoomReceivers(
  sources: readonly ZoomSourceConfig[],
  deps: ZoomDeps,
): ReadonlyMap<string, ZoomReceiver> {
  return new Map(
    sources.map((source) => [source.path, (request: Request) => receive(request, source, deps)]),
  );
}

async function receive(request: Request, source: ZoomSourceConfig, deps: ZoomDeps): Promise<Response> {
  if (request.method !== "POST") return problem("method_not_allowed");
  const body = await bytesOf(request);
  if (body === null) return problem("body_too_large");
  const secret = deps.secretOf(source.secret);
  const signed = {
    signature: request.headers.get("x-zm-signature"),
    timestamp: request.headers.get("x-zm-request-timestamp"),
    body,
  };
  if (!isZooms(signed, secret, deps.now())) {
    const few = await deps.countFailure(request.headers.get("CF-Connecting-IP") ?? "unknown");
    return problem(few ? "signature_wrong" : "too_many_failures");
  }
  const read = readEvent(body, source);
  switch (read.type) {
    case "fault":
      return problem(read.code);
    case "url_validation":
      return answered(tokenAnswer(read.plainToken, secret));
    case "other":
      return answered({ kept: false });
    case "event": {
      const fault = await faultOf(deps, read.event);
      return fault === null ? answered({ kept: true }) : problem(fault);
    }
  }
}

/** null: what the event tells is on record. */
async function faultOf({ feed, now }: ZoomDeps, event: SourceEvent): Promise<ZoomFault | null> {
  try {
    const kept = await feed.keep(event, now());
    if (kept === "kept") return null;
    return kept === "fixed" ? "conversation_fixed" : kept;
  } catch {
    return "state_unavailable";
  }
}

function answered(body: object): Response {
  return new Response(JSON.stringify(body), {
    status: 200,
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
  });
}

/** null: more than a body of the control plane may have. Rejects if the sender stalls or is cut off. */
async function bytesOf(request: Request): Promise<Uint8Array | null> {
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (reader !== undefined) {
    const { done, value } = await within(reader.read(), LIMITS.body_idle_ms_max, () => ({
      done: true as const,
      value: undefined,
    }));
    if (done) break;
    length += value.length;
    if (length > LIMITS.control_body_bytes_max) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
