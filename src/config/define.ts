/**
 * The configuration a deployer writes in `tenfour.config.ts`: types and `defineConfig`, nothing else.
 * Policy comes from here and never from a request (contract, section 6). Checked by `parse.ts` before anything starts.
 */
import type { Kind, Label, ParticipationRule, Purpose, Recipient } from "../decision/model.ts";
import type { DocumentConfig, MediaType } from "./documents.ts";
import type { FieldRules, Pointer, ValueRule } from "./fields.ts";
import type { IssuerConfig } from "./identity.ts";

export type { FieldRules, Pointer, ValueRule };

export interface TenfourConfig {
  /** Host names (no port) the gate answers to; any other Host header gets 421. */
  readonly hosts: readonly string[];
  readonly services: readonly ServiceConfig[];
  /** The least strict participation rule an account may have. Default `speaker`. */
  readonly participation_rule_min?: ParticipationRule;
  /** How long after an item's end the list of those present may still change, seconds. Default 60. */
  readonly presence_settle_s?: number;
  /** Consent state may be served from memory for so long, ms: a withdrawal then takes that long to be in force. Default 0: it never is. */
  readonly consent_cache_ms_max?: number;
  /** Entries of the evidence older than this are deleted, days; their hashes stay, and that they were deleted is on record. Default: none is. */
  readonly evidence_retention_days?: number;
  /** Is told when a withdrawal or objection has impact, so that deletion can start. Default: nobody is. */
  readonly impact_webhook?: WebhookConfig;
  /** What receipts say of whoever asks for consent. Default: that it was not stated. */
  readonly receipts?: ReceiptsConfig;
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  readonly routes: readonly RouteConfig[];
  /** What keeps consent state true from outside. */
  readonly sources?: SourcesConfig;
  /** Identity providers whose tokens people come with. Default none: then the operator's token is the only way in. */
  readonly issuers?: readonly IssuerConfig[];
  /** What words of other systems mean at the decision API. Default: its own words only, see docs/authzen.md. */
  readonly authzen?: AuthzenConfig;
}

/** As ISO/IEC TS 27560 wants a controller and its processing described. */
export interface ReceiptsConfig {
  readonly controller: {
    /** An https URL, such as that of the company. */
    readonly id: string;
    readonly name: string;
    /** By post. */
    readonly address: string;
    /** Whom to write to about one's data. */
    readonly contact: string;
    /** A term of DPV's locations, such as `loc:IE`. */
    readonly jurisdiction: string;
  };
  /** URL of the page where people change their answers. */
  readonly manage_at: string;
  /** How long the upstreams keep what they get, ISO 8601, such as `P6M`; and where, as `jurisdiction`. */
  readonly storage_duration: string;
  readonly storage_location: string;
}

export interface WebhookConfig {
  /** The whole URL messages go to; https, or http on loopback. */
  readonly url: string;
  /** Name of the secret that signs them (Standard Webhooks, HMAC-SHA-256). */
  readonly secret: string;
}

export interface AuthzenConfig {
  /** The first that fits an evaluation says what is asked; where none does, the API's own words apply. */
  readonly vocabulary: readonly AuthzenTermConfig[];
}

/** What an evaluation means whose `action.name` is `action` and which holds all that `when` says. */
export interface AuthzenTermConfig {
  readonly action: string;
  /** Values at pointers into the evaluation, such as `{ "/resource/properties/status": "archived" }`. */
  readonly when?: Readonly<Record<Pointer, string | number | boolean>>;
  /** The id of the route that the content would be sent to. */
  readonly route: string;
  /** Where in the evaluation the item is, as in a shape: `{ account: "/resource/properties/account", …}`. */
  readonly content: ContentVariantConfig["content"];
  /** The question is about content captured at this moment; then `content` has no `captured_at`. Default false. */
  readonly captured_now?: boolean;
}

export interface SourcesConfig {
  /** Receivers of Zoom's webhooks, one for each of its accounts: they keep conversations and presence. */
  readonly zoom?: readonly ZoomSourceConfig[];
}

export interface ZoomSourceConfig {
  /** Exact path below `/sources/`, to be entered at Zoom as the event notification endpoint. */
  readonly path: string;
  /** The account whose meetings these are. */
  readonly account: string;
  /** What Zoom calls it, `account_id`. Default: the same. */
  readonly zoom_account_id?: string;
  /** Name of the secret that holds the webhook's secret token. */
  readonly secret: string;
  /**
   * What people are known by: their Zoom user id (`id`, else `participant_user_id`), or their email address. Choose what the records'
   * speakers are. Whoever has none is a guest, known by the session alone: present, and without consent. Default `user_id`.
   */
  readonly person?: "user_id" | "email";
}

export interface ServiceConfig {
  /** For instance `meeting-summary`. */
  readonly id: string;
  readonly name: string;
  /** Opt-in services (the AI features) must be enabled by the account before their content may be used. */
  readonly opt_in: boolean;
}

export interface UpstreamConfig {
  /** The whole URL requests go to; https, or http on loopback. */
  readonly url: string;
  /** `train` shares an upstream with no other purpose. */
  readonly purposes: readonly Purpose[];
  /** Headers added to each request, by the name of the secret that holds the value, e.g. an upstream's API key. */
  readonly headers_from_secrets?: Readonly<Record<string, string>>;
}

export type RouteConfig = RecordRouteConfig | DocumentRouteConfig | MediaRouteConfig | OpaqueRouteConfig;

interface RouteBase {
  /** Named in producers' keys, in evidence and in explanations. */
  readonly id: string;
  /** Exact path; POST is the only method. */
  readonly path: string;
  /** A key of `upstreams`. */
  readonly upstream: string;
  readonly purpose: Purpose;
  /** Third-party if either the operator of the destination or the owner of the model is. */
  readonly recipient: Recipient;
  /** Service data and opaque bodies go to a third party only where this says so. Default false. */
  readonly service_data_to_third_party?: boolean;
}

export const RECORD_FORMATS = [
  "json",
  "ndjson",
  "multipart",
  "cloudevents",
  "cloudevents-batch",
  "cloudevents-binary",
] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

interface ContentRouteBase extends RouteBase {
  /** Every service the model behind the route improves, or whose feature it serves. */
  readonly services: readonly string[];
  /** Kinds of content the route admits. */
  readonly kinds: readonly Kind[];
}

export interface RecordRouteConfig extends ContentRouteBase {
  /** How a record says whose it is; absent: it does not, and `attribution` says who does. */
  readonly shape?: ShapeConfig;
  /** Whose a whole body is, its request's `Tenfour-…` headers say: each record of it is theirs. Instead of `shape`. */
  readonly attribution?: "headers";
  /**
   * `json`: one record, an array, or a wrapped array; `ndjson`: one record a line; `multipart`: a form with a file of such lines;
   * `cloudevents`, `cloudevents-batch`, `cloudevents-binary`: one CloudEvent in its JSON format, an array of them, one with its attributes in
   * headers.
   */
  readonly formats: readonly RecordFormat[];
  /** Media types under which senders send JSON although they say otherwise, such as RudderStack's `application/x-www-form-urlencoded`. */
  readonly json_sent_as?: readonly string[];
  /** Where the records of a wrapped array are, e.g. `{ items: "batch" }` for `{"batch":[…]}`. */
  readonly wrapper?: WrapperConfig;
  /** Where the records of a form are, e.g. `{ file: "file", fields: { purpose: { words: ["fine-tune"] } } }`. */
  readonly multipart?: MultipartConfig;
  /** What happens to a denied item. */
  readonly on_deny: "strip" | "drop" | "reject";
  /** A record that claims to be service data but holds more: remove the rest, or refuse the claim. Default `strip`. */
  readonly service_data_excess?: "strip" | "refuse";
  readonly limits?: LimitsConfig;
}

/** For bodies that must be read whole before anything of them may leave. */
export interface DocumentRouteConfig extends ContentRouteBase {
  /** The format, and what has to be known to read it. */
  readonly document: DocumentConfig;
  /** What happens to a denied item. */
  readonly on_deny: "strip" | "drop" | "reject";
  readonly limits?: Pick<LimitsConfig, "hold_bytes_max">;
}

/** For bodies that are one item: a recording. All or nothing, attributed by the request's headers; see docs/formats/media.md. */
export interface MediaRouteConfig extends ContentRouteBase {
  readonly media: {
    /** `audio/…` and `video/…` types whose first bytes the gate knows. */
    readonly types: readonly MediaType[];
    /** Where they are in a form; forms are then taken as well. */
    readonly form?: MediaFormConfig;
  };
  /** What a sender is told of a denied body: 200 with the counts, or 403. */
  readonly on_deny: "drop" | "reject";
  readonly limits?: Pick<LimitsConfig, "body_bytes_max">;
}

/** For what the gate cannot read yet: streamed through untouched and uninspected, outside the promise. */
export interface OpaqueRouteConfig extends RouteBase {
  readonly opaque: {
    /** Who accepted that nobody looks inside. */
    readonly accepted_by: string;
    /** Why that is acceptable. */
    readonly reason: string;
    /** RFC 3339. */
    readonly accepted_at: string;
  };
  /** Media types admitted, without parameters. */
  readonly content_types: readonly string[];
}

export interface WrapperConfig {
  /** The member of the top-level object that holds the array of records. */
  readonly items: string;
  /** Other members of the top-level object that may pass. */
  readonly fields?: FieldRules;
}

export interface MultipartConfig {
  /** Name of the part that holds the file of records, one a line. Any other file refuses the form. */
  readonly file: string;
  /** Other parts that may pass, by name, and what each may hold. */
  readonly fields?: Readonly<Record<string, ValueRule>>;
}

/** A form with one recording: whose it is, then fields, then the recording, in this order. */
export interface MediaFormConfig {
  /** Name of the first part: a JSON object that says whose the recording is. It never goes on. */
  readonly metadata: string;
  /** Name of the last part, the recording. */
  readonly file: string;
  /** Parts between them that may pass, by name, and what each may hold. */
  readonly fields?: Readonly<Record<string, ValueRule>>;
}

/** See `limits.ts` for the defaults, the units and the reasons. */
export interface LimitsConfig {
  readonly record_bytes_max?: number;
  readonly hold_bytes_max?: number;
  readonly body_bytes_max?: number;
}

/** How to find, in a record, what a decision needs. */
export interface ShapeConfig {
  /**
   * What goes on of an allowed record: the object there, as the bytes it came in. The rest is an envelope that never leaves; it may hold what the
   * shape points at and nothing else. `strip_to` and `service_data` then speak of that object. Default: the record is what it is.
   */
  readonly record?: Pointer;
  /** The member that says which variant a record is, e.g. `/type` or `/event`. */
  readonly discriminator?: Pointer;
  /** The first whose `when` holds the discriminator's value; a record that fits none is content of an unknown kind. */
  readonly variants: readonly VariantConfig[];
}

export type VariantConfig = ContentVariantConfig | ServiceDataVariantConfig;

export interface ContentVariantConfig {
  /** Values of the discriminator; absent: every record. */
  readonly when?: readonly string[];
  readonly content: {
    readonly account?: Pointer;
    readonly conversation?: Pointer;
    readonly speaker?: Pointer;
    /** Those a record with several speakers is of: a string, an array of strings, or one string in each element of an array (`*`). All must be allowed. */
    readonly speakers?: Pointer;
    /** A record without a speaker is nobody's, rather than everybody's. Default false. */
    readonly speaker_required?: boolean;
    /** Those a private message was for: pointers to strings or arrays of strings. */
    readonly private_to?: readonly Pointer[];
    /** The record is private unless this member holds one of these words. */
    readonly public_when?: { readonly pointer: Pointer; readonly values: readonly string[] };
    /** Fixed, or read from the record; with `*` a record may hold several kinds, and all must be allowed. */
    readonly kind:
      | { readonly fixed: Kind }
      | { readonly pointer: Pointer; readonly map?: Readonly<Record<string, Kind | readonly Kind[]>> };
    /** Members whose presence, whatever they hold, makes the record of that kind too: a reference to a file, for instance. */
    readonly also?: Readonly<Record<Pointer, Kind>>;
    readonly captured_at?: TimeConfig;
    readonly captured_until?: TimeConfig;
    /** A string or an array of strings. */
    readonly labels?: Pointer;
    /** What in the record itself speaks against its use. It can tighten, never grant; what is there and cannot be read denies. */
    readonly refused_by?: readonly RefusalConfig[];
    /** Where the record holds something of another type in itself: the claims below it count only if that is JSON. */
    readonly embedded?: EmbeddedConfig;
  };
  /** What `strip` leaves of the record. */
  readonly strip_to?: FieldRules;
  /** Members without which what is left is worth nothing: where one cannot stay, the record is dropped. */
  readonly strip_needs?: readonly Pointer[];
  /** What else it leaves where each turn says who speaks: the turns of those who may be heard. */
  readonly turns?: TurnsConfig;
}

/** A record that is a conversation, turn by turn. */
export interface TurnsConfig {
  /** The array of turns. */
  readonly of: Pointer;
  /** An array as long: for each turn the id of its speaker, or null where it is the whole conversation's. */
  readonly speakers: Pointer;
}

/** A member that is missing says nothing. */
export type RefusalConfig = {
  readonly pointer: Pointer;
  /** A member around it: where that is there and this is not, nobody knows what was meant, and the record is denied. */
  readonly required_in?: Pointer;
} & (
  | /** An object of booleans: refuses training unless each of these is there and true; `all`: unless there are some, and all true. */
  { readonly unless_true: "all" | readonly string[] }
  /** A list of strings: one of these in it refuses training. */
  | { readonly if_listed: "any" | readonly string[] }
  /** A word, or with `listed` several between commas. One that is not named here denies: nobody knows what it asks for. */
  | { readonly words: Readonly<Record<string, WordMeaning>>; readonly listed?: boolean }
);

/** That training is refused, that nothing follows, or a label the record then carries. */
export type WordMeaning = "refused" | "nothing" | Label;

export interface EmbeddedConfig {
  readonly pointer: Pointer;
  /** The member that says its media type; without one it is JSON. */
  readonly media_type: Pointer;
  /** Stands in its place where it is not text: then nothing can be read there. */
  readonly binary: Pointer;
}

export interface ServiceDataVariantConfig {
  readonly when?: readonly string[];
  /** The allow-list: a record that holds only these passes byte for byte. */
  readonly service_data: FieldRules;
  /** What in the record itself says that it is more than service data: it is then content of an unknown kind. */
  readonly refused_by?: readonly RefusalConfig[];
  /** Members without which what is left is worth nothing: where one cannot stay, the record is dropped. */
  readonly strip_needs?: readonly Pointer[];
}

export interface TimeConfig {
  readonly pointer: Pointer;
  /** Default `rfc3339`. */
  readonly format?: "rfc3339" | "epoch_ms";
}

/** Types a configuration; says nothing about whether it is a good one. */
export function defineConfig(config: TenfourConfig): TenfourConfig {
  return config;
}
