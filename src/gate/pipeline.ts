/**
 * The data plane, in order: admit → identify → open → cut → look up → decide → record → forward → close → reply.
 * From cut to forward it repeats for each window (`records.ts`); what must be read whole is (`documents.ts`); a recording is one
 * item (`media.ts`); an opaque body goes through as it is (`opaque.ts`).
 */
import { quiet } from "../base/deadline.ts";
import { type Admission, admit, rawPath } from "./admit.ts";
import { forwardDocument } from "./documents.ts";
import { Fault } from "./fault.ts";
import type { Defer, Gate } from "./gate.ts";
import { identify, type Producer } from "./identify.ts";
import { forwardMedia } from "./media.ts";
import { forwardOpaque } from "./opaque.ts";
import { forwardRecords } from "./records.ts";
import { refuse } from "./refuse.ts";

/** One request through the gate. */
export async function passThrough(gate: Gate, request: Request, defer: Defer): Promise<Response> {
  let admission: Admission;
  let producer: Producer;
  let otlp = false;
  try {
    const path = rawPath(request, gate.routes.hosts);
    otlp = speaksOtlp(gate, path);
    admission = admit(request, path, gate.routes);
    producer = await identify(request.headers, admission.route, gate.keySecrets, gate.now());
    if (await gate.revocations.has(producer.keyId, gate.now(), defer)) throw new Fault("key_revoked");
    if (admission.form !== "opaque") gate.ledgerHead.begin(gate.now(), defer);
  } catch (error) {
    return refuse(request, error, otlp);
  }
  const passage = forward(gate, request, admission, producer, defer);
  // The platform drops the work of a request whose sender has left: this exchange is closed all the same.
  defer(quiet(passage.then(() => {})));
  try {
    return await passage;
  } catch (error) {
    // A bug in what deals with faults: its sender is told so rather than left to the platform's words.
    return refuse(request, error, otlp);
  }
}

function speaksOtlp(gate: Gate, path: string): boolean {
  const route = gate.routes.byPath.get(path);
  return route?.form === "document" && route.reader.otlp !== undefined;
}

function forward(
  gate: Gate,
  request: Request,
  admission: Admission,
  producer: Producer,
  defer: Defer,
): Promise<Response> {
  switch (admission.form) {
    case "records":
      return forwardRecords(gate, request, admission, producer);
    case "document":
      return forwardDocument(gate, request, admission, producer);
    case "media":
      return forwardMedia(gate, request, admission, producer);
    case "opaque":
      return forwardOpaque(gate, request, admission, producer, defer);
  }
}
