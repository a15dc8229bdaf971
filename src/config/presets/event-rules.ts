/** What every preset of events leaves to its options: where an event says whose it is. Types only. */
import type { ContentVariantConfig } from "../define.ts";

export type EventRules = Pick<
  ContentVariantConfig["content"],
  | "account"
  | "conversation"
  | "speaker"
  | "speaker_required"
  | "private_to"
  | "public_when"
  | "kind"
  | "captured_until"
  | "labels"
>;
