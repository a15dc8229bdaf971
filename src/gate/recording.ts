/** A recording as it comes, in a body of its own or in a form: whose it is, and its bytes. Decides nothing, forwards nothing. */
import type { KeyedDigest } from "../base/digest.ts";
import { attributedItems, readAttribution } from "../content/attribution.ts";
import { FORM_HEAD_BYTES_MAX, formClosing, MediaPart, readFormHead } from "../content/form/media-form.ts";
import { readMetadata } from "../content/form/media-metadata.ts";
import type { Signal } from "../content/shape.ts";
import type { Item } from "../decision/model.ts";
import type { MediaAdmission } from "./admit.ts";
import type { Body } from "./body.ts";
import { Fault } from "./fault.ts";
import { concat } from "./slices.ts";

export interface Recording {
  readonly items: readonly Item[];
  /** The type it is said to be, in lower case. */
  readonly type: string;
  /** What goes before and after it. */
  readonly opening: Uint8Array;
  readonly closing: Uint8Array;
  /** The length of all that goes on, so that a cut shows; null: it was not announced. */
  readonly length: number | null;
  /** Its next bytes, to be used before the next are asked for; null: it has ended, and well. Throws a `Fault`. */
  read(): Promise<Uint8Array | null>;
}

const NOTHING = new Uint8Array(0);
/** The head of a form is looked at whenever more of it comes; a longer one once it is half as long again. */
const EAGER_BYTES = 4_096;
const REGROWN = 1.5;

/** Attributed by the request's headers. `received` measures what is read. */
export function wholeBody(
  headers: Headers,
  { mediaType }: MediaAdmission,
  body: Body,
  received: KeyedDigest,
  signal: Signal,
): Recording {
  const length = headers.get("content-length");
  return {
    items: attributedItems(
      readAttribution((name) => headers.get(name)),
      signal,
    ),
    type: mediaType,
    opening: NOTHING,
    closing: NOTHING,
    length: length === null ? null : Number(length),
    read: () => measured(body, received),
  };
}

/** Attributed by the form's first part. Reads all that stands before the recording; throws a `Fault`. */
export async function partOfForm(
  { route, boundary }: MediaAdmission,
  body: Body,
  received: KeyedDigest,
  signal: Signal,
  ownBoundary: string,
): Promise<Recording> {
  if (boundary === null || route.mediaForm === null) throw new Fault("internal_error");
  const pieces: Uint8Array[] = [];
  let size = 0;
  let looked = 0;
  let came: Uint8Array = NOTHING;
  let head: ReturnType<typeof readFormHead> = null;
  while (head === null) {
    if (size >= FORM_HEAD_BYTES_MAX) throw new Fault("record_too_large", 0);
    const piece = await measured(body, received);
    if (piece === null && looked === size) throw new Fault(size === 0 ? "body_empty" : "body_truncated");
    if (piece !== null) pieces.push(piece.slice());
    size += piece?.length ?? 0;
    // What comes in drops is not looked at again for each of them.
    const enough = Math.min(looked * REGROWN, FORM_HEAD_BYTES_MAX);
    if (piece !== null && size > EAGER_BYTES && size < enough) continue;
    came = concat(pieces);
    looked = size;
    head = readFormHead(came, route.mediaForm, boundary, ownBoundary);
  }
  if (typeof head === "string") throw new Fault(head);
  // Also if it came in one piece.
  if (head.at > FORM_HEAD_BYTES_MAX) throw new Fault("record_too_large", 0);
  if (!route.mediaTypes.includes(head.type)) throw new Fault("part_type_unsupported");
  const items = readMetadata(head.metadata, signal);
  if ("fault" in items) throw new Fault(items.fault, items.index);
  const part = new MediaPart(boundary);
  let rest: Uint8Array | null = came.subarray(head.at);
  return {
    items,
    type: head.type,
    opening: head.opening,
    closing: formClosing(ownBoundary),
    length: null,
    async read() {
      for (;;) {
        const piece: Uint8Array | null = rest ?? (await measured(body, received));
        rest = null;
        if (piece === null) break;
        const own = part.next(piece);
        if (typeof own === "string") throw new Fault(own);
        if (own.length > 0) return own;
      }
      const wrong = part.end();
      if (wrong !== null) throw new Fault(wrong);
      return null;
    },
  };
}

async function measured(body: Body, received: KeyedDigest): Promise<Uint8Array | null> {
  const piece = await body.read();
  if (piece !== null) received.add(piece);
  return piece;
}
