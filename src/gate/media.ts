/**
 * A recording: one item, attributed by its request's headers, decided before its bytes are read. Allowed, it streams through, and stops within the
 * bound if consent changes; denied, nothing of it leaves.
 */
import { attributedItems, readAttribution } from "../content/attribution.ts";
import { SNIFF_BYTES, startsAs } from "../content/media-type.ts";
import type { Claim } from "../content/shape.ts";
import { KeySet } from "../rules/lookup-keys.ts";
import { readSignal } from "../rules/signal.ts";
import type { MediaAdmission } from "./admit.ts";
import { Body } from "./body.ts";
import { Columns } from "./columns.ts";
import { conclude } from "./conclude.ts";
import { ConsentState } from "./consent-state.ts";
import { Exchange } from "./exchange.ts";
import { Fault } from "./fault.ts";
import { Freshness } from "./freshness.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import { Judging } from "./judging.ts";
import { PLAIN_ANSWERS } from "./reply.ts";
import { concat } from "./slices.ts";
import { Upstream } from "./upstream.ts";
import { Judge, leaves, outcomeOf, sameVerdicts } from "./verdicts.ts";
import type { Window } from "./windows.ts";

const NOTHING = new Uint8Array(0);

export async function forwardMedia(
  gate: Gate,
  request: Request,
  { route, mediaType }: MediaAdmission,
  producer: Producer,
): Promise<Response> {
  const { headers } = request;
  const exchange = new Exchange(gate, route, producer);
  const body = new Body(request.body!, "identity", exchange.received, route.bodyBytesMax);
  const consents = new ConsentState(gate, route, producer, exchange);
  const judging = new Judging(consents, new Judge(route, producer), exchange, gate.now);
  const freshness = new Freshness(gate, judging);
  const upstream = new Upstream(
    route,
    {
      exchange: exchange.id,
      configuration: gate.routes.digest,
      contentType: mediaType,
      contentEncoding: null,
      idempotencyKey: headers.get("idempotency-key"),
    },
    gate.attest,
  );

  const forward = async (): Promise<boolean> => {
    const attribution = readAttribution((name) => headers.get(name));
    const window = windowOf(attributedItems(attribution, readSignal(headers.get("content-usage"))));
    let judged = await judging.first(window);
    judging.deny(judged);
    await judging.recordHeld([judged]);
    const allowed = leaves(outcomeOf(judged.verdicts, 0));
    if (allowed) {
      const length = declared(headers);
      const decided = judged.verdicts;
      const { received, sent } = exchange;
      let piece = await head(body);
      if (!startsAs(mediaType, piece)) throw new Fault("media_type_differs");
      for (let left: Uint8Array | null = piece; left !== null; left = await body.read()) {
        piece = left;
        received.add(piece);
        judged = await freshness.of(judged, 0);
        if (!sameVerdicts(judged.verdicts, decided)) throw new Fault("consent_changed");
        exchange.handing(window, 1);
        sent.add(piece);
        await upstream.write(piece, length);
      }
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

function windowOf(items: Claim["items"]): Window {
  const [first] = items;
  const columns = new Columns();
  const keys = new KeySet();
  for (const item of items) keys.add(item);
  if (first?.type !== "content") throw new Fault("internal_error");
  const times = { capturedAt: () => first.capturedAt, capturedUntil: () => first.capturedUntil };
  columns.add(NOTHING, 0, 0, { items, turns: null, replacement: null, stripTo: null, times });
  return { bytes: NOTHING, firstIndex: 0, columns, keys, last: true, asCame: null, separator: 0 };
}

/** As many of its first bytes as say what it is. */
async function head(body: Body): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  while (size < SNIFF_BYTES) {
    const piece = await body.read();
    if (piece === null) break;
    pieces.push(piece.slice());
    size += piece.length;
  }
  if (size === 0) throw new Fault("body_empty");
  return concat(pieces);
}

/** The length the body was announced with, so that a cut shows; null: it was not. */
function declared(headers: Headers): number | null {
  const length = headers.get("content-length");
  return length === null ? null : Number(length);
}
