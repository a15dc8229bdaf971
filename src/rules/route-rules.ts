/**
 * What a decision on a route's records needs of the configuration: its terms, its shape, what it does with a denied record. For the data
 * plane and for whoever asks what it would do. Pure; knows no upstream, no path and no secret.
 */
import type { MediaFormConfig, MultipartConfig, ShapeConfig, WrapperConfig } from "../config/define.ts";
import type {
  ParsedConfig,
  ParsedDocumentRoute,
  ParsedMediaRoute,
  ParsedOpaqueRoute,
  ParsedRecordRoute,
  ParsedRoute,
} from "../config/parse.ts";
import type { DocumentReader } from "../content/document.ts";
import { compileDocument } from "../content/documents.ts";
import type { RecordReader } from "../content/shape.ts";
import { compileShape } from "../content/shape.ts";
import type { RouteTerms } from "../decision/model.ts";

export type RouteRules = RecordRules | DocumentRules | MediaRules | OpaqueRules;

/** What a decision takes of a route, whatever its bodies are made of. */
export interface ItemRules {
  readonly id: string;
  readonly terms: RouteTerms;
  readonly serviceIds: readonly string[];
  readonly onDeny: "strip" | "drop" | "reject";
}

export interface RecordRules extends ItemRules {
  readonly form: "records";
  /** Whether a request's headers say whose its records are, and the records nothing. */
  readonly attributed: boolean;
  readonly shape: ShapeConfig;
  readonly reader: RecordReader;
  readonly wrapper: WrapperConfig | undefined;
  readonly multipart: MultipartConfig | undefined;
  readonly serviceDataExcess: "strip" | "refuse";
  readonly recordBytesMax: number;
}

export interface DocumentRules extends ItemRules {
  readonly form: "document";
  readonly reader: DocumentReader;
}

export interface MediaRules extends ItemRules {
  readonly form: "media";
  readonly mediaTypes: readonly string[];
  /** null: forms are not taken. */
  readonly mediaForm: MediaFormConfig | null;
}

export interface OpaqueRules {
  readonly form: "opaque";
  readonly id: string;
  readonly terms: RouteTerms;
}

/** Of records that say nothing of themselves: by it each is of an unknown kind. */
const SAYS_NOTHING: ShapeConfig = { variants: [] };

/** Those of every route, by its id. */
export function compileRules(config: ParsedConfig): ReadonlyMap<string, RouteRules> {
  const rulesOf = (route: ParsedRoute): RouteRules => {
    if ("opaque" in route) return compileOpaqueRules(route, config);
    if ("document" in route) return compileDocumentRules(route, config);
    return "media" in route ? compileMediaRules(route, config) : compileRecordRules(route, config);
  };
  return new Map(config.routes.map((route) => [route.id, rulesOf(route)]));
}

/** `skeletons`: see `ShapeOptions`. */
export function compileRecordRules(
  route: ParsedRecordRoute,
  config: ParsedConfig,
  skeletons?: WebAssembly.Module,
): RecordRules {
  const { shape = SAYS_NOTHING } = route;
  return {
    form: "records",
    ...itemRules(route, config),
    attributed: route.attribution === "headers",
    shape,
    reader: compileShape(shape, { serviceDataExcess: route.service_data_excess, skeletons }),
    wrapper: route.wrapper,
    multipart: route.multipart,
    serviceDataExcess: route.service_data_excess,
    recordBytesMax: route.limits.record_bytes_max,
  };
}

export function compileDocumentRules(route: ParsedDocumentRoute, config: ParsedConfig): DocumentRules {
  return { form: "document", ...itemRules(route, config), reader: compileDocument(route.document) };
}

export function compileMediaRules(route: ParsedMediaRoute, config: ParsedConfig): MediaRules {
  return {
    form: "media",
    ...itemRules(route, config),
    mediaTypes: route.media.types,
    mediaForm: route.media.form ?? null,
  };
}

function itemRules(
  route: ParsedRecordRoute | ParsedDocumentRoute | ParsedMediaRoute,
  config: ParsedConfig,
): ItemRules {
  return {
    id: route.id,
    terms: {
      ...termsOf(route, config),
      kinds: route.kinds,
      services: route.services.map((id) => ({
        id,
        optIn: config.services.find((service) => service.id === id)!.opt_in,
      })),
    },
    serviceIds: route.services,
    onDeny: route.on_deny,
  };
}

function compileOpaqueRules(route: ParsedOpaqueRoute, config: ParsedConfig): OpaqueRules {
  return { form: "opaque", id: route.id, terms: { ...termsOf(route, config), kinds: [], services: [] } };
}

function termsOf(route: ParsedRoute, config: ParsedConfig): Omit<RouteTerms, "kinds" | "services"> {
  return {
    purpose: route.purpose,
    recipient: route.recipient,
    serviceDataToThirdParty: route.service_data_to_third_party,
    participationRuleMin: config.participation_rule_min,
    presenceSettleMs: config.presence_settle_s * 1_000,
  };
}
