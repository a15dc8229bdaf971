/**
 * What a decision on a route's records needs of the configuration: its terms, its shape, what it does with a denied record. For the data
 * plane and for whoever asks what it would do. Pure; knows no upstream, no path and no secret.
 */
import type { MultipartConfig, ShapeConfig, WrapperConfig } from "../config/define.ts";
import type { ParsedConfig, ParsedOpaqueRoute, ParsedRecordRoute, ParsedRoute } from "../config/parse.ts";
import type { RecordReader } from "../content/shape.ts";
import { compileShape } from "../content/shape.ts";
import type { RouteTerms } from "../decision/model.ts";

export type RouteRules = RecordRules | OpaqueRules;

export interface RecordRules {
  readonly opaque: false;
  readonly id: string;
  readonly terms: RouteTerms;
  readonly serviceIds: readonly string[];
  readonly shape: ShapeConfig;
  readonly reader: RecordReader;
  readonly wrapper: WrapperConfig | undefined;
  readonly multipart: MultipartConfig | undefined;
  readonly serviceDataExcess: "strip" | "refuse";
  readonly onDeny: "strip" | "drop" | "reject";
  readonly recordBytesMax: number;
}

export interface OpaqueRules {
  readonly opaque: true;
  readonly id: string;
  readonly terms: RouteTerms;
}

/** Those of every route, by its id. */
export function compileRules(config: ParsedConfig): ReadonlyMap<string, RouteRules> {
  const rulesOf = (route: ParsedRoute): RouteRules =>
    "opaque" in route ? compileOpaqueRules(route, config) : compileRecordRules(route, config);
  return new Map(config.routes.map((route) => [route.id, rulesOf(route)]));
}

export function compileRecordRules(route: ParsedRecordRoute, config: ParsedConfig): RecordRules {
  return {
    opaque: false,
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
    shape: route.shape,
    reader: compileShape(route.shape, { serviceDataExcess: route.service_data_excess }),
    wrapper: route.wrapper,
    multipart: route.multipart,
    serviceDataExcess: route.service_data_excess,
    onDeny: route.on_deny,
    recordBytesMax: route.limits.record_bytes_max,
  };
}

function compileOpaqueRules(route: ParsedOpaqueRoute, config: ParsedConfig): OpaqueRules {
  return { opaque: true, id: route.id, terms: { ...termsOf(route, config), kinds: [], services: [] } };
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
