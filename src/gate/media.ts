/**
 * A recording: one item, attributed by its request's headers or the part before it, decided before its bytes are read. Allowed, it streams through,
 * and stops within the bound if consent changes; denied, nothing of it leaves.
 */

import { LIMITS } from "../config/limits.ts";
import { ofType, SNIFF_BYTES, startsAs } from "../content/media-type.ts";
import { readSignal } from "../rules/signal.ts";
import type { MediaAdmission } from "./admit.ts";
import { Body } from "./body.ts";
import { conclude } from "./conclude.ts";
import { Exchange } from "./exchange.ts";
import { Fault } from "./fault.ts";
import { Freshness } from "./freshness.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import { windowsOf } from "./item-windows.ts";
import { Judging } from "./judging.ts";
import { partOfForm, type Recording, wholeBody } from "./recording.ts";
import { PLAIN_ANSWERS } from "./reply.ts";
import { concat } from "./slices.ts";
import { Upstream } from "./upstream.ts";
import { leaves, outcomeOf, sameVerdicts } from "./verdicts.ts";

export async function forwardMedia(
  gate: Gate,
  request: Request,
  admission: MediaAdmission,
  producer: Producer,
): Promise<Response> {
  const { headers } = request;
  const { route, mediaType, boundary } = admission;
  const exchange = new Exchange(gate, route, producer);
  const body = new Body(request.body!, "identity", exchange.received, route.bodyBytesMax);
  const judging = new Judging(gate, route, producer, exchange);
  const freshness = new Freshness(gate.routes, exchange.ages, judging);
  const upstream = new Upstream(
    route,
    {
      exchange: exchange.id,
      configuration: gate.routes.digest,
      contentType: boundary === null ? mediaType : `${mediaType}; boundary=${exchange.id}`,
      contentEncoding: null,
      idempotencyKey: headers.get("idempotency-key"),
    },
    gate.attest,
  );

  const forward = async (): Promise<boolean> => {
    const { received, sent } = exchange;
    const signal = readSignal(headers.get("content-usage"));
    const recording =
      boundary === null
        ? wholeBody(headers, admission, body, received, signal)
        : await partOfForm(admission, body, received, signal, exchange.id);
    const items = ofType(recording.items, recording.type);
    const window = windowsOf([{ items, excess: "none", strippable: false }])[0]!;
    let judged = await judging.first(window);
    judging.deny(judged);
    await judging.recordHeld([judged]);
    const allowed = leaves(outcomeOf(judged.verdicts, 0));
    if (allowed) {
      const { length, opening, closing } = recording;
      const decided = judged.verdicts;
      const send = async (bytes: Uint8Array): Promise<void> => {
        if (bytes.length === 0) return;
        exchange.handing(window, 1);
        sent.add(bytes);
        await upstream.write(bytes, length);
      };
      const first = await head(recording);
      if (!startsAs(recording.type, first)) throw new Fault("media_type_differs");
      const check = async (): Promise<void> => {
        judged = await freshness.of(judged, 0);
        if (!sameVerdicts(judged.verdicts, decided)) throw new Fault("consent_changed");
      };
      await check();
      await send(opening);
      for (let piece: Uint8Array | null = first; piece !== null; piece = await recording.read()) {
        for (let at = 0; at < piece.length; at += LIMITS.slice_bytes_max) {
          await check();
          await send(piece.subarray(at, at + LIMITS.slice_bytes_max));
        }
      }
      await send(closing);
    }
    if (!allowed) await body.stop();
    exchange.settle(window, judged.verdicts, 0, 1);
    return allowed;
  };
  return conclude(
    { exchange, upstream, body, denied: judging.denied, answers: PLAIN_ANSWERS, measureRest: () => {} },
    forward,
  );
}

/** As many of its first bytes as say what it is. */
async function head(recording: Recording): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  while (size < SNIFF_BYTES) {
    const piece = await recording.read();
    if (piece === null) break;
    pieces.push(piece.slice());
    size += piece.length;
  }
  if (size === 0) throw new Fault("body_empty");
  return concat(pieces);
}
