/**
 * CloudEvents 1.0 in their JSON format. What an event is about is said by its attributes, or by JSON in its data, as the options say. Attributes
 * that nobody configured stay with the content they came with: extensions, `subject` and `dataschema` can say anything.
 */
import type {
  ContentVariantConfig,
  FieldRules,
  Pointer,
  RefusalConfig,
  ShapeConfig,
  WordMeaning,
} from "../define.ts";
import type { EventRules } from "./event-rules.ts";

type ContentRules = ContentVariantConfig["content"];
type Words = Readonly<Record<string, WordMeaning>>;

export interface CloudEventsOptions extends EventRules {
  /** Default: the attribute `time`. */
  readonly captured_at?: ContentRules["captured_at"];
  /** Types of events of content. Default: every type that is not in `service_data`. */
  readonly types?: readonly string[];
  /** Types of events that are service data, and what their data may hold, such as `{ "/data/cpu": "number" }`. */
  readonly service_data?: Readonly<Record<string, FieldRules>>;
  /** Further attributes that may stay without the content, such as `{ "/subject": "id" }`. */
  readonly attributes?: FieldRules;
  /** What the words of the data classification extension mean, beside those known here. Any other denies, as the extension asks for. */
  readonly dataclassification?: Words;
  readonly dataregulation?: Words;
  readonly datacategory?: Words;
}

/** Without these it is no CloudEvent. */
const REQUIRED: readonly Pointer[] = ["/specversion", "/id", "/source", "/type"];

const CONTEXT: FieldRules = {
  "/specversion": { words: ["1.0"] },
  "/id": "id",
  "/source": "id",
  "/time": "timestamp",
};

/** Data of any other type is nothing that a rule for its members could be about. */
const JSON_TYPES = ["application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"];

const CLASSIFICATIONS: Words = {
  public: "nothing",
  internal: "nothing",
  confidential: "refused",
  restricted: "refused",
};
const REGULATIONS: Words = { HIPAA: "health_information", FERPA: "education_records" };
const CATEGORIES: Words = { phi: "health_information" };

export function cloudEvents(options: CloudEventsOptions): ShapeConfig {
  const { types, service_data = {}, attributes = {}, captured_at, ...rest } = options;
  const { dataclassification, dataregulation, datacategory, ...about } = rest;
  const refused_by: readonly RefusalConfig[] = [
    { pointer: "/dataclassification", words: { ...CLASSIFICATIONS, ...dataclassification } },
    { pointer: "/dataregulation", words: { ...REGULATIONS, ...dataregulation }, listed: true },
    { pointer: "/datacategory", words: { ...CATEGORIES, ...datacategory } },
  ];
  const usage = Object.entries(service_data).map(([type, rules]) => ({
    when: [type],
    service_data: {
      ...rules,
      ...attributes,
      ...CONTEXT,
      "/type": { words: [type] },
      "/datacontenttype": { words: JSON_TYPES },
    },
    refused_by,
    strip_needs: REQUIRED,
  }));
  return {
    discriminator: "/type",
    variants: [
      ...usage,
      {
        ...(types === undefined ? {} : { when: types }),
        content: {
          ...about,
          captured_at: captured_at ?? { pointer: "/time" },
          refused_by,
          embedded: { pointer: "/data", media_type: "/datacontenttype", binary: "/data_base64" },
        },
        strip_to: {
          ...attributes,
          ...CONTEXT,
          "/type": types === undefined ? "id" : { words: types },
        },
        strip_needs: REQUIRED,
      },
    ],
  };
}
