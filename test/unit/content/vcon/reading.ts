/** Reads vCons for tests, and says in short what they hold. */
import type { VconConfig } from "../../../../src/config/documents.ts";
import { readAttribution } from "../../../../src/content/attribution.ts";
import type { Document, Fate } from "../../../../src/content/document.ts";
import type { Signal } from "../../../../src/content/shape.ts";
import { compileVcon } from "../../../../src/content/vcon/compile.ts";
import type { ContentItem } from "../../../../src/decision/model.ts";
import type { Json } from "../../../support/vcons.ts";

export const ATTENDEES: VconConfig = { everybody: { role: ["attendee"] } };
export const HEADERS: Readonly<Record<string, string>> = {
  "tenfour-account": "acme",
  "tenfour-conversation": "m1",
  "tenfour-labels": "health_information",
};

export interface Asked {
  readonly config?: VconConfig;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: Signal;
}

export function read(
  vcon: Json | string | Uint8Array,
  { config = {}, headers = HEADERS, signal = "none" }: Asked = {},
) {
  const text = typeof vcon === "string" ? vcon : JSON.stringify(vcon);
  const bytes = vcon instanceof Uint8Array ? vcon : new TextEncoder().encode(text);
  const attribution = readAttribution((name) => headers[name] ?? null);
  return compileVcon(config).read(bytes, { mediaType: "application/vcon+json", attribution, signal });
}

export function document(vcon: Json | string, asked: Asked = {}): Document {
  const found = read(vcon, asked);
  if ("fault" in found) throw new Error(found.fault);
  return found;
}

export const contents = ({ items }: Document): ContentItem[][] =>
  items.map((part) => part.items.filter((item) => item.type === "content"));
/** Of each part, who is heard of what kind; `*`: everybody; empty: service data. */
export const claims = (found: Document): string[] =>
  contents(found).map((items) => items.map(({ speaker, kind }) => `${speaker ?? "*"}:${kind}`).join(" "));
export const written = (found: Document, fates: readonly Fate[]): string | null => {
  const bytes = found.write(fates);
  return bytes === null ? null : new TextDecoder().decode(bytes);
};
/** Without those whom one of these words may be of. */
export const without = (found: Document, ...speakers: (string | null)[]): Fate[] =>
  contents(found).map((items, part) => {
    if (!items.some(({ speaker }) => speakers.includes(speaker))) return "whole";
    return found.items[part]!.strippable ? "stripped" : "gone";
  });

export const one = (dialog: Json, parties: readonly Json[] = [{ uuid: "ana" }, { uuid: "bo" }]): Json => ({
  uuid: "u",
  parties,
  dialog: [dialog],
});
export const TEXT = { type: "text", start: "2026-01-05T09:00:00Z", parties: [0], body: "hi" };
