/** The configuration's routes, compiled once for the data plane. Pure. */
import type { WrapperConfig } from "../config/define.ts";
import { LIMITS } from "../config/limits.ts";
import type { ParsedConfig, ParsedOpaqueRoute, ParsedRecordRoute } from "../config/parse.ts";
import type { RecordReader } from "../content/shape.ts";
import { compileShape } from "../content/shape.ts";
import type { Purpose, RouteTerms } from "../decision/model.ts";

export type Route = RecordRoute | OpaqueRoute;

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

export interface RecordRoute extends BaseRoute {
  readonly opaque: false;
  readonly formats: readonly ("json" | "ndjson")[];
  readonly reader: RecordReader;
  readonly wrapper: WrapperConfig | undefined;
  readonly onDeny: "strip" | "drop" | "reject";
  readonly terms: RouteTerms;
  readonly serviceIds: readonly string[];
  readonly recordBytesMax: number;
  readonly holdBytesMax: number;
}

export interface OpaqueRoute extends BaseRoute {
  readonly opaque: true;
  readonly contentTypes: readonly string[];
}

export interface Routes {
  readonly hosts: readonly string[];
  readonly byPath: ReadonlyMap<string, Route>;
  /** SHA-256 of the canonical configuration. */
  readonly digest: string;
  /** Whether the configuration's least participation rule is `everyone`. */
  readonly everyone: boolean;
}

/** Names of the secrets the configuration's upstreams ask for. */
export function secretNames(config: ParsedConfig): string[] {
  return Object.values(config.upstreams).flatMap(({ headers_from_secrets }) =>
    Object.values(headers_from_secrets ?? {}),
  );
}

/** `secret` gives the value of a secret by name. */
export function compileRoutes(
  config: ParsedConfig,
  digest: string,
  secret: (name: string) => string,
): Routes {
  const byPath = new Map<string, Route>();
  for (const route of config.routes) {
    const { url, headers_from_secrets } = config.upstreams[route.upstream]!;
    const headers = Object.entries(headers_from_secrets ?? {}).map(
      ([name, from]) => [name, secret(from)] as const,
    );
    const upstream = { url, headers };
    byPath.set(
      route.path,
      "opaque" in route ? compileOpaque(route, upstream) : compileRecords(route, upstream, config),
    );
  }
  return {
    hosts: config.hosts.map((host) => host.toLowerCase()),
    byPath,
    digest,
    everyone: config.participation_rule_min === "everyone",
  };
}

function compileOpaque(route: ParsedOpaqueRoute, upstream: UpstreamTarget): OpaqueRoute {
  const { id, purpose, content_types } = route;
  return {
    opaque: true,
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
): RecordRoute {
  return {
    opaque: false,
    id: route.id,
    purpose: route.purpose,
    upstream,
    formats: route.formats,
    reader: compileShape(route.shape, { serviceDataExcess: route.service_data_excess }),
    wrapper: route.wrapper,
    onDeny: route.on_deny,
    serviceIds: route.services,
    bodyBytesMax: route.limits.body_bytes_max,
    recordBytesMax: route.limits.record_bytes_max,
    holdBytesMax: route.limits.hold_bytes_max,
    terms: {
      purpose: route.purpose,
      recipient: route.recipient,
      serviceDataToThirdParty: route.service_data_to_third_party,
      kinds: route.kinds,
      services: route.services.map((id) => ({
        id,
        optIn: config.services.find((service) => service.id === id)!.opt_in,
      })),
      participationRuleMin: config.participation_rule_min,
      presenceSettleMs: config.presence_settle_s * 1_000,
    },
  };
}
