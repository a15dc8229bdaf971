/**
 * A body that must be read whole: hold → read → look up → decide → record → write → forward. Nothing of it leaves before all of it is decided and
 * recorded, and then with its length, so that a cut shows.
 */
import { LIMITS } from "../config/limits.ts";
import { readAttribution } from "../content/attribution.ts";
import type { Document, Fate } from "../content/document.ts";
import type { ItemOutcome } from "../evidence/entries.ts";
import { readSignal } from "../rules/signal.ts";
import type { DocumentAdmission } from "./admit.ts";
import { Body } from "./body.ts";
import { conclude } from "./conclude.ts";
import { Exchange } from "./exchange.ts";
import { Fault } from "./fault.ts";
import { Freshness } from "./freshness.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import { windowsOf } from "./item-windows.ts";
import { type Judged, Judging } from "./judging.ts";
import { otlpAnswers, otlpEncoding } from "./otlp-answer.ts";
import { PLAIN_ANSWERS } from "./reply.ts";
import { concat } from "./slices.ts";
import { Upstream } from "./upstream.ts";
import { outcomeOf, sameVerdicts } from "./verdicts.ts";

const FATES: Readonly<Record<ItemOutcome, Fate>> = {
  forwarded: "whole",
  stripped: "stripped",
  dropped: "gone",
  rejected: "gone",
};

export async function forwardDocument(
  gate: Gate,
  request: Request,
  { route, mediaType, coding }: DocumentAdmission,
  producer: Producer,
): Promise<Response> {
  const exchange = new Exchange(gate, route, producer);
  const body = new Body(request.body!, coding, exchange.received, route.bodyBytesMax);
  const judging = new Judging(gate, route, producer, exchange);
  const freshness = new Freshness(gate.routes, exchange.ages, judging);
  const upstream = new Upstream(
    route,
    {
      exchange: exchange.id,
      configuration: gate.routes.digest,
      contentType: mediaType,
      contentEncoding: null,
      idempotencyKey: request.headers.get("idempotency-key"),
    },
    gate.attest,
  );

  const { otlp } = route.reader;
  const answers = otlp === undefined ? PLAIN_ANSWERS : otlpAnswers(otlp, otlpEncoding(mediaType));

  const forward = async (): Promise<boolean> => {
    const bytes = await hold(body);
    if (coding === "identity") exchange.received.add(bytes);
    const document = route.reader.read(bytes, {
      mediaType,
      attribution: readAttribution((name) => request.headers.get(name)),
      signal: readSignal(request.headers.get("content-usage")),
    });
    if ("fault" in document) throw new Fault(document.fault, document.index);
    const held: Judged[] = [];
    for (const window of windowsOf(document.items)) {
      const judged = await judging.first(window);
      judging.deny(judged);
      held.push(judged);
    }
    await judging.recordHeld(held);
    return release(exchange, upstream, document, held, freshness);
  };
  return conclude(
    { exchange, upstream, body, denied: judging.denied, answers, measureRest: () => {} },
    forward,
  );
}

async function hold(body: Body): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let piece = await body.read(); piece !== null; piece = await body.read()) pieces.push(piece.slice());
  if (pieces.length === 0) throw new Fault("body_empty");
  return concat(pieces);
}

/** Resolves to whether anything has left. */
async function release(
  exchange: Exchange,
  upstream: Upstream,
  document: Document,
  held: readonly Judged[],
  freshness: Freshness,
): Promise<boolean> {
  let current = await freshness.ofAll(held);
  const written = document.write(current.flatMap(fatesOf));
  if (written !== null) {
    for (const { window } of current) exchange.handing(window, window.columns.count);
    exchange.sent.add(written);
    if (written.length <= LIMITS.slice_bytes_max) upstream.sendWhole(written);
    else {
      for (let at = 0; at < written.length; at += LIMITS.slice_bytes_max) {
        const again = await freshness.ofAll(current);
        if (again.some(({ verdicts }, i) => !sameVerdicts(verdicts, current[i]!.verdicts))) {
          throw new Fault("consent_changed");
        }
        current = again;
        await upstream.write(written.subarray(at, at + LIMITS.slice_bytes_max), written.length);
      }
    }
  }
  for (const { window, verdicts } of current) exchange.settle(window, verdicts, 0, window.columns.count);
  return written !== null;
}

function fatesOf({ window, verdicts }: Judged): Fate[] {
  return Array.from({ length: window.columns.count }, (_, i) => FATES[outcomeOf(verdicts, i)]);
}
