/**
 * Whose a recording is, from the JSON object that came before it in a form. What it may say is what a record's envelope may; with anything else in
 * it, it is nobody's. It never goes on.
 */
import type { ContentVariantConfig } from "../../config/define.ts";
import type { Item } from "../../decision/model.ts";
import { holdsOnlyKnown } from "../envelope.ts";
import type { ContentFault } from "../fault.ts";
import { JsonFraming } from "../json/body.ts";
import { compileShape, type Signal } from "../shape.ts";

const CONTENT: ContentVariantConfig["content"] = {
  account: "/account",
  conversation: "/conversation",
  speaker: "/speaker",
  speakers: "/speakers",
  private_to: ["/private_to"],
  kind: { pointer: "/kind" },
  captured_at: { pointer: "/captured_at" },
  captured_until: { pointer: "/captured_until" },
  labels: "/labels",
};

const KNOWN = compileShape({ variants: [{ content: CONTENT }] }, { serviceDataExcess: "refuse" });
const NOBODYS = compileShape({ variants: [] }, { serviceDataExcess: "refuse" });

/** The items of the recording that `bytes` speak of: one for each speaker. */
export function readMetadata(bytes: Uint8Array, signal: Signal): readonly Item[] | ContentFault {
  let items: readonly Item[] | null = null;
  // Of what is all there, none is too long.
  const framing = new JsonFraming(KNOWN.plan, bytes.length + 1, undefined);
  const end = framing.cut(bytes, 0, bytes.length, true, (record, from, to) => {
    const reader = holdsOnlyKnown(record, from, KNOWN.plan) ? KNOWN : NOBODYS;
    items = reader.read(record, from, to, signal).items;
    return true;
  });
  if (typeof end !== "number") return end;
  // An array, if only of one such object.
  if (framing.opening.length > 0) return { fault: "record_not_object", index: 0 };
  return items ?? { fault: "body_empty", index: 0 };
}
