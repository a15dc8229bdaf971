/** Tenfour's own record, for producers that can choose what they send. */
import { KINDS } from "../../decision/model.ts";
import type { ContentVariantConfig, FieldRules, ShapeConfig } from "../define.ts";

export interface TenfourRecordOptions {
  /** Members of telemetry that may pass beside those below. */
  readonly telemetry?: FieldRules;
}

const TELEMETRY: FieldRules = {
  "/type": { words: ["telemetry"] },
  "/id": "id",
  "/event": "id",
  "/at": "timestamp",
  "/region": "id",
  "/service": "id",
  "/version": "id",
  "/status": "id",
  "/duration_ms": "number",
  "/count": "number",
  "/bytes": "number",
};

/** An item whose fields are called what they are. */
export const ITEM_FIELDS: ContentVariantConfig["content"] = {
  account: "/account",
  conversation: "/conversation",
  speaker: "/speaker",
  private_to: ["/private_to"],
  kind: { pointer: "/kind" },
  captured_at: { pointer: "/captured_at" },
  captured_until: { pointer: "/captured_until" },
  labels: "/labels",
};

/**
 * Content: `{"type":"content","id":"m-1","account":"acme","conversation":"standup","speaker":"ana","kind":"chat",
 * "captured_at":"2026-11-21T10:00:00Z","captured_until":…,"private_to":[…],"labels":[…], …whatever else}`.
 * Telemetry: `{"type":"telemetry","id":"t-1","event":"call_ended","at":"2026-11-21T10:00:00Z","duration_ms":63000}`.
 */
export function tenfourRecord(options: TenfourRecordOptions = {}): ShapeConfig {
  return {
    discriminator: "/type",
    variants: [
      {
        when: ["content"],
        content: ITEM_FIELDS,
        strip_to: {
          "/type": { words: ["content"] },
          "/id": "id",
          "/account": "id",
          "/conversation": "id",
          "/kind": { words: KINDS },
          "/captured_at": "timestamp",
          "/captured_until": "timestamp",
        },
      },
      { when: ["telemetry"], service_data: { ...options.telemetry, ...TELEMETRY } },
    ],
  };
}
