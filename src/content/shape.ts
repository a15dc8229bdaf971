/** A record's shape: which variant it is, what it says, and what may be left of it. Decides nothing; keeps no state but scratch. */
import type { ServiceDataVariantConfig, ShapeConfig, VariantConfig } from "../config/define.ts";
import type { ContentItem, Item } from "../decision/model.ts";
import { TOKEN } from "./captures.ts";
import { ContentReader, pointersOf, unknownContent } from "./content-reader.ts";
import { compileFieldRules, type FieldFilter } from "./field-rules.ts";
import { IdReader } from "./ids.ts";
import { compilePlan, type Plan } from "./pointer.ts";
import { Words } from "./words.ts";

export interface Reading {
  /** One for each distinct kind; all must be allowed for the record to go on. */
  readonly items: readonly Item[];
  /** Service data reduced to what is allowed, to go on in the record's place; of no length: nothing remained. */
  readonly replacement: Uint8Array | null;
  /** What `strip` may leave of the record; null: nothing. */
  readonly stripTo: FieldFilter | null;
}

export type Signal = ContentItem["signal"];

export interface RecordReader {
  /** For the framing: its scan captures what `read` looks at. */
  readonly plan: Plan;
  /** What the record just scanned says; to be called from within `onRecord`. `signal` is the request's. */
  read(bytes: Uint8Array, start: number, end: number, signal: Signal): Reading;
  /** The service-data fields of a denied record, at any time after; null: nothing is left. */
  strip(reading: Reading, bytes: Uint8Array, start: number, end: number): Uint8Array | null;
}

export interface ShapeOptions {
  readonly serviceDataExcess: "strip" | "refuse";
}

/** Throws on a pointer that cannot be compiled: configuration is checked before. */
export function compileShape(shape: ShapeConfig, options: ShapeOptions): RecordReader {
  return new ShapedReader(shape, options);
}

interface Variant {
  /** null: every record. */
  readonly when: Words | null;
  readonly content: ContentReader | null;
  readonly filter: FieldFilter | null;
}

const IDS = new IdReader();
const SERVICE_DATA: readonly Item[] = [{ type: "service_data" }];

class ShapedReader implements RecordReader {
  readonly plan: Plan;
  readonly #discriminator: number;
  readonly #variants: readonly Variant[];
  readonly #refuse: boolean;

  constructor(shape: ShapeConfig, options: ShapeOptions) {
    const pointers = shape.variants.flatMap((variant) =>
      isServiceData(variant) ? [] : pointersOf(variant.content),
    );
    const { discriminator } = shape;
    if (discriminator !== undefined) pointers.push(discriminator);
    const plan = compilePlan(pointers);
    this.plan = plan;
    this.#discriminator = discriminator === undefined ? -1 : plan.slotOf(discriminator);
    this.#refuse = options.serviceDataExcess === "refuse";
    this.#variants = shape.variants.map((variant) => ({
      when: variant.when === undefined ? null : new Words(variant.when),
      content: isServiceData(variant) ? null : new ContentReader(variant.content, plan, IDS),
      filter: filterOf(variant),
    }));
  }

  read(bytes: Uint8Array, start: number, end: number, signal: Signal): Reading {
    const variant = this.#variantOf(bytes);
    if (variant === null) return { items: [unknownContent(signal)], replacement: null, stripTo: null };
    if (variant.content !== null) {
      return { items: variant.content.read(bytes, signal), replacement: null, stripTo: variant.filter };
    }
    const left = variant.filter!.apply(bytes, start, end);
    if (!left.removed) return { items: SERVICE_DATA, replacement: null, stripTo: null };
    if (this.#refuse) return { items: [unknownContent(signal)], replacement: null, stripTo: null };
    return { items: SERVICE_DATA, replacement: left.bytes, stripTo: null };
  }

  strip(reading: Reading, bytes: Uint8Array, start: number, end: number): Uint8Array | null {
    if (reading.stripTo === null) return null;
    const left = reading.stripTo.apply(bytes, start, end);
    return left.empty ? null : left.bytes;
  }

  #variantOf(bytes: Uint8Array): Variant | null {
    const { first, next, token, start, end } = this.plan.captures;
    const value = this.#discriminator < 0 ? -1 : first[this.#discriminator]!;
    const readable = value >= 0 && next[value]! < 0 && token[value] === TOKEN.string;
    for (const variant of this.#variants) {
      if (variant.when === null) return variant;
      if (readable && variant.when.indexOf(bytes, start[value]! + 1, end[value]! - 1) >= 0) return variant;
    }
    return null;
  }
}

function isServiceData(variant: VariantConfig): variant is ServiceDataVariantConfig {
  return "service_data" in variant;
}

function filterOf(variant: VariantConfig): FieldFilter | null {
  if (isServiceData(variant)) return compileFieldRules(variant.service_data);
  return variant.strip_to === undefined ? null : compileFieldRules(variant.strip_to);
}
