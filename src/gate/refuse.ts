/** Refuse: answers a request that never became an exchange, after its sender has had a chance to finish sending. */
import { drain } from "./body.ts";
import { Fault } from "./fault.ts";
import { otlpEncoding, otlpRefused } from "./otlp-answer.ts";
import { answerRefused } from "./reply.ts";

/** Anything but a `Fault` is a bug, and is said to be no more than that. `otlp`: its sender speaks that. */
export async function refuse(request: Request, error: unknown, otlp = false): Promise<Response> {
  await hearOut(request);
  const fault = error instanceof Fault ? error : new Fault("internal_error");
  return otlp ? otlpRefused(fault, otlpEncoding(request.headers.get("content-type"))) : answerRefused(fault);
}

/** Throws away a bounded rest of a body nobody has begun to read. */
export async function hearOut(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed || request.body.locked) return;
  // Whoever asks before sending (`Expect: 100-continue`) has not begun: to read would be to say "go on".
  if (!request.headers.has("expect")) await drain(request.body.getReader({ mode: "byob" }));
}
