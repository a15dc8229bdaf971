/** The configuration's routes, compiled once for the data plane. Pure. */
import type { RecordFormat } from "../config/define.ts";
import { LIMITS } from "../config/limits.ts";
import type { ParsedConfig, ParsedOpaqueRoute, ParsedRecordRoute, ParsedRoute } from "../config/parse.ts";
import type { Purpose } from "../decision/model.ts";
import type { DocumentRules, MediaRules, RecordRules } from "../rules/route-rules.ts";
import { compileDocumentRules, compileMediaRules, compileRecordRules } from "../rules/route-rules.ts";

export type Route = RecordRoute | DocumentRoute | MediaRoute | OpaqueRoute;

interface BaseRoute {
  readonly id: string;
  readonly purpose: Purpose;
  readonly upstream: UpstreamTarget;
  readonly bodyBytesMax: number;
}

export interface UpstreamTarget {
  readonly url: string;
  /** Name and value of headers added to each request. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface RecordRoute extends BaseRoute, RecordRules {
  readonly form: "records";
  readonly formats: readonly RecordFormat[];
  /** Further media types of `json`. */
  readonly jsonSentAs: readonly string[];
  readonly holdBytesMax: number;
}

export interface DocumentRoute extends BaseRoute, DocumentRules {
  readonly form: "document";
}

export interface MediaRoute extends BaseRoute, MediaRules {
  readonly form: "media";
}

export interface OpaqueRoute extends BaseRoute {
  readonly form: "opaque";
  readonly contentTypes: readonly string[];
}

export interface Routes {
  readonly hosts: readonly string[];
  readonly byPath: ReadonlyMap<string, Route>;
  /** SHA-256 of the canonical configuration. */
  readonly digest: string;
  /** Whether the configuration's least participation rule is `everyone`. */
  readonly everyone: boolean;
  /** How old state from the cache may be, ms; null: there is none. */
  readonly cacheMsMax: number | null;
}

/** Names of the secrets the configuration's upstreams ask for. */
export function secretNames(config: ParsedConfig): string[] {
  return Object.values(config.upstreams).flatMap(({ headers_from_secrets }) =>
    Object.values(headers_from_secrets ?? {}),
  );
}

/** `secret` gives the value of a secret by name; `skeletons`: see `ShapeOptions`. */
export function compileRoutes(
  config: ParsedConfig,
  digest: string,
  secret: (name: string) => string,
  skeletons?: WebAssembly.Module,
): Routes {
  const byPath = new Map<string, Route>();
  for (const route of config.routes) {
    const { url, headers_from_secrets } = config.upstreams[route.upstream]!;
    const headers = Object.entries(headers_from_secrets ?? {}).map(
      ([name, from]) => [name, secret(from)] as const,
    );
    const upstream = { url, headers };
    byPath.set(route.path, compileRoute(route, upstream, config, skeletons));
  }
  return {
    hosts: config.hosts.map((host) => host.toLowerCase()),
    byPath,
    digest,
    everyone: config.participation_rule_min === "everyone",
    cacheMsMax: config.consent_cache_ms_max || null,
  };
}

function compileRoute(
  route: ParsedRoute,
  upstream: UpstreamTarget,
  config: ParsedConfig,
  skeletons?: WebAssembly.Module,
): Route {
  const { purpose } = route;
  if ("opaque" in route) return compileOpaque(route, upstream);
  if ("document" in route) {
    const bodyBytesMax = route.limits.hold_bytes_max;
    return { ...compileDocumentRules(route, config), purpose, upstream, bodyBytesMax };
  }
  if ("media" in route) {
    const bodyBytesMax = route.limits.body_bytes_max;
    return { ...compileMediaRules(route, config), purpose, upstream, bodyBytesMax };
  }
  return compileRecords(route, upstream, config, skeletons);
}

function compileOpaque(route: ParsedOpaqueRoute, upstream: UpstreamTarget): OpaqueRoute {
  const { id, purpose, content_types } = route;
  return {
    form: "opaque",
    id,
    purpose,
    upstream,
    bodyBytesMax: LIMITS.body_bytes_max,
    contentTypes: content_types,
  };
}

function compileRecords(
  route: ParsedRecordRoute,
  upstream: UpstreamTarget,
  config: ParsedConfig,
  skeletons?: WebAssembly.Module,
): RecordRoute {
  return {
    ...compileRecordRules(route, config, skeletons),
    purpose: route.purpose,
    upstream,
    formats: route.formats,
    jsonSentAs: route.json_sent_as ?? [],
    bodyBytesMax: route.limits.body_bytes_max,
    holdBytesMax: route.limits.hold_bytes_max,
  };
}
