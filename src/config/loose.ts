/** A configuration of which some of the values may have been unsound: those are `undefined` in their place. Types only. */
import type {
  ContentVariantConfig,
  DocumentRouteConfig,
  MediaRouteConfig,
  OpaqueRouteConfig,
  RecordRouteConfig,
  ServiceConfig,
  UpstreamConfig,
} from "./define.ts";
import type { IssuerConfig } from "./identity.ts";

type Loose<T> = T extends readonly (infer U)[]
  ? readonly (Loose<U> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Loose<T[K]> | undefined }
    : T;

export interface LooseConfig {
  readonly services?: readonly (Loose<ServiceConfig> | undefined)[] | undefined;
  readonly upstreams?: Readonly<Record<string, Loose<UpstreamConfig> | undefined>> | undefined;
  readonly routes?: readonly (LooseRoute | undefined)[] | undefined;
  readonly issuers?: readonly (LooseIssuer | undefined)[] | undefined;
  readonly authzen?: { readonly vocabulary?: readonly (LooseTerm | undefined)[] | undefined } | undefined;
}

export type LooseIssuer = Loose<Pick<IssuerConfig, "issuer" | "roles" | "accounts" | "jwks_url">> & {
  readonly jwks?: unknown;
};

export type LooseRoute = Loose<Omit<RecordRouteConfig, "shape">> &
  Loose<OpaqueRouteConfig> &
  Loose<Pick<DocumentRouteConfig, "document">> &
  Loose<Pick<MediaRouteConfig, "media">> & { readonly shape?: LooseShape | undefined };

export interface LooseShape {
  readonly record?: string | undefined;
  readonly discriminator?: string | undefined;
  readonly variants?: readonly (LooseVariant | undefined)[] | undefined;
}

type LooseContent = Loose<Omit<ContentVariantConfig["content"], "kind">> & {
  readonly kind?: { readonly fixed?: string | undefined } | undefined;
};

export interface LooseTerm {
  readonly route?: string | undefined;
  readonly content?: LooseContent | undefined;
  readonly captured_now?: boolean | undefined;
}

export interface LooseVariant {
  readonly when?: readonly (string | undefined)[] | undefined;
  readonly content?: LooseContent | undefined;
  readonly strip_to?: LooseRules | undefined;
  readonly turns?: { readonly of?: string | undefined; readonly speakers?: string | undefined } | undefined;
  readonly service_data?: LooseRules | undefined;
  readonly strip_needs?: readonly (string | undefined)[] | undefined;
}

export type LooseRules = Readonly<Record<string, unknown>>;
