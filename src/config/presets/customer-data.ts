/**
 * Batches of customer data platforms: `{"batch": […]}` of Segment's and RudderStack's SDKs. What people are and do is in free objects
 * (`properties`, `traits`, `context`), so every event is content unless the options name it as usage.
 */
import type {
  ContentVariantConfig,
  FieldRules,
  RefusalConfig,
  ShapeConfig,
  TimeConfig,
  WrapperConfig,
} from "../define.ts";
import type { EventRules } from "./event-rules.ts";

interface EventsOptions extends EventRules {
  /** Default: when the SDK was called. */
  readonly captured_at?: TimeConfig;
  /** Names of `track` events that are service data, and what of their `properties` may pass, such as `{ "/properties/duration_s": "number" }`. */
  readonly usage?: Readonly<Record<string, FieldRules>>;
  /** Further members that may stay without the content. */
  readonly fields?: FieldRules;
}

export interface SegmentEventsOptions extends EventsOptions {
  /** Categories of Segment's consent object that must all be true. Default `all`: one that is false refuses, whichever it is. */
  readonly consent_categories?: "all" | readonly string[];
}

export interface RudderEventsOptions extends EventsOptions {
  /** Ids of RudderStack's consent object none of which may be denied. Default `any`: one that is denied refuses, whichever it is. */
  readonly consent_ids?: "any" | readonly string[];
}

/** Around the events. The write key, which is the producer's key, never goes on. */
export const CUSTOMER_DATA_BATCH: WrapperConfig = {
  items: "batch",
  fields: { "/sentAt": "timestamp", "/timestamp": "timestamp" },
};

const TYPES = ["track", "identify", "page", "screen", "group", "alias"];

const FIELDS: FieldRules = {
  "/messageId": "id",
  "/timestamp": "timestamp",
  "/originalTimestamp": "timestamp",
  "/sentAt": "timestamp",
  "/channel": { words: ["server", "web", "mobile", "sources"] },
  "/context/library/name": "id",
  "/context/library/version": "id",
};

export function segmentEvents(options: SegmentEventsOptions): ShapeConfig {
  const { consent_categories = "all", ...rest } = options;
  return events(rest, "/timestamp", {
    pointer: "/context/consent/categoryPreferences",
    required_in: "/context/consent",
    unless_true: consent_categories,
  });
}

export function rudderEvents(options: RudderEventsOptions): ShapeConfig {
  const { consent_ids = "any", ...rest } = options;
  return events(rest, "/originalTimestamp", {
    pointer: "/context/consentManagement/deniedConsentIds",
    required_in: "/context/consentManagement",
    if_listed: consent_ids,
  });
}

function events(options: EventsOptions, called: string, consent: RefusalConfig): ShapeConfig {
  const { usage = {}, fields = {}, captured_at, ...about } = options;
  const content: ContentVariantConfig = {
    content: { ...about, captured_at: captured_at ?? { pointer: called }, refused_by: [consent] },
    strip_to: { ...fields, ...FIELDS, "/type": { words: TYPES } },
  };
  const names = Object.entries(usage);
  // Whatever has no name, or another, is content; so is a type that nobody knows.
  if (names.length === 0) return { discriminator: "/type", variants: [{ when: TYPES, ...content }] };
  return {
    discriminator: "/event",
    variants: [
      ...names.map(([name, rules]) => ({
        when: [name],
        service_data: {
          ...rules,
          ...fields,
          ...FIELDS,
          "/type": { words: ["track"] },
          "/event": { words: [name] },
        },
      })),
      content,
    ],
  };
}
