/**
 * From what `tenfour.config.ts` exports to a configuration that may be run, or every problem in it at once.
 * Pure: no I/O, no clock. A configuration with a problem has no parsed form, so it cannot start.
 */
import * as v from "valibot";
import { canonicalJson } from "../base/canonical-json.ts";
import type { ParticipationRule } from "../decision/model.ts";
import type {
  AuthzenConfig,
  DocumentRouteConfig,
  LimitsConfig,
  MediaRouteConfig,
  OpaqueRouteConfig,
  ReceiptsConfig,
  RecordRouteConfig,
  RouteConfig,
  ServiceConfig,
  SourcesConfig,
  TenfourConfig,
  UpstreamConfig,
  WebhookConfig,
} from "./define.ts";
import { CLAIM_DEFAULTS, type ClaimsConfig, type IssuerConfig } from "./identity.ts";
import { LIMITS } from "./limits.ts";
import type { LooseConfig } from "./loose.ts";
import { meaningProblems } from "./meaning.ts";
import { isOfWrongType, type Path, type Problem, problemOf, render } from "./problems.ts";
import { configSchema } from "./schema.ts";

/** A `TenfourConfig` without problems, every default filled in. */
export interface ParsedConfig {
  readonly hosts: readonly string[];
  readonly services: readonly ServiceConfig[];
  readonly participation_rule_min: ParticipationRule;
  readonly presence_settle_s: number;
  /** 0: no cache. */
  readonly consent_cache_ms_max: number;
  /** null: for good. */
  readonly evidence_retention_days: number | null;
  /** null: nobody is told. */
  readonly impact_webhook: WebhookConfig | null;
  /** null: receipts say that it was not stated. */
  readonly receipts: ReceiptsConfig | null;
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  readonly routes: readonly ParsedRoute[];
  readonly sources: Required<SourcesConfig>;
  readonly issuers: readonly ParsedIssuer[];
  readonly authzen?: AuthzenConfig;
  /** All of the above as canonical JSON: the same text for the same meaning, whatever the order it was written in. */
  readonly canonical: string;
}

export interface ParsedIssuer extends Omit<IssuerConfig, "claims"> {
  readonly claims: Required<ClaimsConfig>;
}

export type ParsedRoute = ParsedRecordRoute | ParsedDocumentRoute | ParsedMediaRoute | ParsedOpaqueRoute;

export interface ParsedRecordRoute extends RecordRouteConfig {
  readonly service_data_to_third_party: boolean;
  readonly service_data_excess: "strip" | "refuse";
  readonly limits: Required<LimitsConfig>;
}

export interface ParsedDocumentRoute extends DocumentRouteConfig {
  readonly service_data_to_third_party: boolean;
  readonly limits: Required<NonNullable<DocumentRouteConfig["limits"]>>;
}

export interface ParsedMediaRoute extends MediaRouteConfig {
  readonly service_data_to_third_party: boolean;
  readonly limits: Required<NonNullable<MediaRouteConfig["limits"]>>;
}

export interface ParsedOpaqueRoute extends OpaqueRouteConfig {
  readonly service_data_to_third_party: boolean;
}

export type ParseResult =
  | { readonly ok: true; readonly config: ParsedConfig }
  /** Each a sentence that begins with where it is: `routes[2].upstream: …`. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Deeper than any setting lies. */
const DEPTH_MAX = 16;

export function parseConfig(config: unknown): ParseResult {
  const parsed = v.safeParse(configSchema, config);
  const issues = parsed.issues ?? [];
  let sound = config;
  for (const issue of issues.filter(isOfWrongType)) sound = without(sound, problemOf(issue).path);
  const problems = [
    ...unsafeNames(config, [], 0),
    ...issues.map(problemOf),
    ...(isObject(sound) ? meaningProblems(sound as LooseConfig) : []),
  ];
  if (parsed.success && problems.length === 0) {
    return { ok: true, config: complete(parsed.output as TenfourConfig) };
  }
  return { ok: false, problems: [...new Set(problems.map(render))] };
}

function complete(config: TenfourConfig): ParsedConfig {
  const filled = {
    ...config,
    participation_rule_min: config.participation_rule_min ?? "speaker",
    presence_settle_s: config.presence_settle_s ?? 60,
    consent_cache_ms_max: config.consent_cache_ms_max ?? 0,
    evidence_retention_days: config.evidence_retention_days ?? null,
    impact_webhook: config.impact_webhook ?? null,
    receipts: config.receipts ?? null,
    routes: config.routes.map(completeRoute),
    sources: { zoom: config.sources?.zoom ?? [] },
    issuers: (config.issuers ?? []).map((issuer) => ({
      ...issuer,
      claims: { ...CLAIM_DEFAULTS, ...issuer.claims },
    })),
  };
  return { ...filled, canonical: canonicalJson(filled) };
}

function completeRoute(route: RouteConfig): ParsedRoute {
  const service_data_to_third_party = route.service_data_to_third_party ?? false;
  if ("opaque" in route) return { ...route, service_data_to_third_party };
  if ("document" in route) {
    const hold_bytes_max = route.limits?.hold_bytes_max ?? LIMITS.hold_bytes_max;
    return { ...route, service_data_to_third_party, limits: { hold_bytes_max } };
  }
  if ("media" in route) {
    const body_bytes_max = route.limits?.body_bytes_max ?? LIMITS.body_bytes_max;
    return { ...route, service_data_to_third_party, limits: { body_bytes_max } };
  }
  const body_bytes_max = route.limits?.body_bytes_max ?? LIMITS.body_bytes_max;
  return {
    ...route,
    service_data_to_third_party,
    service_data_excess: route.service_data_excess ?? "strip",
    limits: {
      body_bytes_max,
      record_bytes_max: route.limits?.record_bytes_max ?? Math.min(LIMITS.record_bytes_max, body_bytes_max),
      hold_bytes_max: route.limits?.hold_bytes_max ?? Math.min(LIMITS.hold_bytes_max, body_bytes_max),
    },
  };
}

/** A copy with `undefined` at the path, so that the place is still seen to be taken; as it was if there is no such place. */
function without(value: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  if (Array.isArray(value) && typeof key === "number") return value.with(key, without(value[key], rest));
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: without(value[key], rest) };
}

/** Names that the language gives a meaning of its own: the schema passes over them, and nothing may be passed over. */
function unsafeNames(value: unknown, path: Path, depth: number): Problem[] {
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const at = [...path, Array.isArray(value) ? Number(name) : name];
    if (["__proto__", "constructor", "prototype"].includes(name)) {
      return [{ path: at, says: "no member may have this name; remove it or choose another" }];
    }
    return unsafeNames(member, at, depth + 1);
  });
}

function isObject(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
