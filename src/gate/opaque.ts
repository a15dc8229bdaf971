/**
 * A body the route declares opaque: streamed through untouched and uninspected, outside the promise. Its bytes never pass through
 * JavaScript, so the evidence has the length its sender declared and no digest; and it may lag.
 */
import { lastKnown } from "../base/clock.ts";
import { newId } from "../base/digest.ts";
import { LIMITS } from "../config/limits.ts";
import type { Closed, Decided, Opened } from "../evidence/entries.ts";
import type { OpaqueAdmission } from "./admit.ts";
import { Fault } from "./fault.ts";
import type { Defer, Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import { answerFault, answerForwarded, type Told } from "./reply.ts";
import { Upstream } from "./upstream.ts";

const NOT_SEEN = { bytes: null, digest: null };

export async function forwardOpaque(
  gate: Gate,
  request: Request,
  { route, contentType, coding }: OpaqueAdmission,
  producer: Producer,
  defer: Defer,
): Promise<Response> {
  const at = gate.now();
  const clock = lastKnown(gate.now, at);
  const opened: Opened = {
    type: "opened",
    exchange: newId("x", at),
    position: 0,
    at,
    route: route.id,
    purpose: route.purpose,
    producer: producer.id,
    key_id: producer.keyId,
    config_digest: gate.routes.digest,
  };
  const decided: Decided = {
    type: "decided",
    exchange: opened.exchange,
    position: 1,
    at: opened.at,
    items: [0, 0],
    round: 0,
    findings_from: 0,
    findings: [
      { account: null, conversation: null, outcome: "forwarded", reason: "opaque_uninspected", consents: [] },
    ],
    runs: [0, 1],
  };
  const sending = {
    exchange: opened.exchange,
    configuration: gate.routes.digest,
    contentType,
    contentEncoding: coding,
    idempotencyKey: request.headers.get("idempotency-key"),
  };
  const upstream = new Upstream(route, sending, gate.attest);
  const declared = request.headers.get("content-length");
  const received = { bytes: declared === null ? null : Number(declared), digest: null };
  const close = (ending: Pick<Closed, "outcome" | "fault" | "upstream_status">): Told => {
    const counts = {
      forwarded: ending.outcome === "forwarded" ? 1 : 0,
      stripped: 0,
      dropped: 0,
      rejected: 0,
    };
    const closed: Closed = {
      type: "closed",
      exchange: opened.exchange,
      position: 2,
      at: clock(),
      ...ending,
      // The end of a body that never passes through here is not seen: an answer may have come before it.
      upstream_complete: null,
      counts,
      settled: counts.forwarded,
      in_doubt: 1,
      received,
      sent: NOT_SEEN,
    };
    gate.laggingEvidence.add([opened, decided, closed], defer);
    return { id: opened.exchange, counts };
  };

  let response: Response;
  try {
    upstream.sendWhole(request.body!);
    response = await upstream.finish(LIMITS.exchange_ms_max);
  } catch (error) {
    upstream.cut();
    const fault = error instanceof Fault ? error : new Fault("internal_error");
    const { status } = upstream;
    return answerFault(
      fault,
      close({ outcome: "unknown", fault: fault.code, upstream_status: status }),
      "unknown",
      status,
    );
  }
  const outcome = response.ok ? "forwarded" : "failed";
  const told = close({ outcome, fault: null, upstream_status: response.status });
  return answerForwarded(told, response, outcome);
}
