/**
 * OTLP over HTTP: a request of one signal is a document of spans, log records or data points, all of them service data. What the allow-list
 * does not know is removed, whoever consented. Pure.
 */
import type { OtlpConfig } from "../../config/documents.ts";
import type { Document, DocumentReader } from "../document.ts";
import type { ContentFault } from "../fault.ts";
import { proveObject } from "../json/document.ts";
import { compilePlan } from "../pointer.ts";
import { type AttributeRule, compileAttributes } from "./attributes.ts";
import { Batch, type Branch, Items, Unreadable } from "./batch.ts";
import { assembleJson } from "./json-assemble.ts";
import { JsonBatch } from "./json-batch.ts";
import { assembleProto } from "./proto-assemble.ts";
import { ProtoBatch } from "./proto-batch.ts";
import { type Message, REQUESTS } from "./schema.ts";

export const OTLP_MEDIA_TYPES = ["application/json", "application/x-protobuf"] as const;

export function compileOtlp({ signal, attributes }: OtlpConfig): DocumentReader {
  const request = REQUESTS[signal];
  const rules = compileAttributes(attributes);
  return {
    mediaTypes: OTLP_MEDIA_TYPES,
    otlp: signal,
    read(bytes, { mediaType }) {
      return mediaType === "application/json"
        ? readJson(bytes, request, rules)
        : readProto(bytes, request, rules);
    },
  };
}

type Rules = ReadonlyMap<string, AttributeRule>;

function readJson(bytes: Uint8Array, request: Message, rules: Rules): Document | ContentFault {
  const proven = proveObject(bytes, compilePlan([]));
  if (typeof proven === "string") return { fault: proven, index: 0 };
  const items = new Items();
  return readable(items, () => {
    const root = new JsonBatch(bytes, rules, items).branch(request, proven.start);
    return batch(bytes, root, items, assembleJson);
  });
}

function readProto(bytes: Uint8Array, request: Message, rules: Rules): Document | ContentFault {
  const items = new Items();
  return readable(items, () => {
    const root = new ProtoBatch(bytes, rules, items).branch(request, 0, bytes.length);
    return batch(bytes, root, items, assembleProto);
  });
}

/** A body that says something but holds no item is one of another signal, or none at all: that nothing is left of it would pass for success. */
function batch(
  bytes: Uint8Array,
  root: Branch,
  items: Items,
  assemble: typeof assembleJson,
): Document | ContentFault {
  if (root.spilled) return { fault: "otlp_invalid", index: 0 };
  return new Batch(bytes, root, items, assemble);
}

function readable(items: Items, read: () => Document | ContentFault): Document | ContentFault {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.code, index: items.count };
    throw error;
  }
}
