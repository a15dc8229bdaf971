/** A record's shape: which variant it is, what it says, and what may be left of it. Decides nothing; keeps no state but scratch. */
import type { ServiceDataVariantConfig, ShapeConfig, VariantConfig } from "../config/define.ts";
import type { ContentItem, Item } from "../decision/model.ts";
import { TOKEN } from "./captures.ts";
import { Claims } from "./claims.ts";
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
  readonly stripTo: Pick<FieldFilter, "apply"> | null;
}

/** A reading without when the record was captured (its items' times are null); of records that say the same, mostly the same object. */
export interface Claim extends Reading {
  /** Reads the times; null: they are none that anybody looks at. */
  readonly times: Pick<ContentReader, "capturedAt" | "capturedUntil"> | null;
}

export type Signal = ContentItem["signal"];
const SIGNALS: readonly Signal[] = ["none", "disallows", "malformed"];

export interface RecordReader {
  /** For the framing: its scan captures what `read` looks at. */
  readonly plan: Plan;
  /** What the record just scanned says; to be called from within `onRecord`. `signal` is the request's. */
  read(bytes: Uint8Array, start: number, end: number, signal: Signal): Reading;
  /** The same in two parts, so that what many records say is read once: this, and when, which `claim.times` tells of the same record. */
  claim(bytes: Uint8Array, start: number, end: number, signal: Signal): Claim;
}

/** The service-data fields of a denied record, at any time after it was read; null: nothing is left. */
export function stripped(
  { stripTo }: Pick<Reading, "stripTo">,
  bytes: Uint8Array,
  start: number,
  end: number,
): Uint8Array | null {
  if (stripTo === null) return null;
  const left = stripTo.apply(bytes, start, end);
  return left.empty ? null : left.bytes;
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
const PLAIN_SERVICE_DATA: Claim = { items: SERVICE_DATA, replacement: null, stripTo: null, times: null };

/** What all records say of themselves that nothing can be read of: one for each signal, since there may be millions of them. */
const UNKNOWN = Object.fromEntries(
  SIGNALS.map((signal): [Signal, Claim] => [
    signal,
    { items: [unknownContent(signal)], replacement: null, stripTo: null, times: null },
  ]),
) as Readonly<Record<Signal, Claim>>;

class ShapedReader implements RecordReader {
  readonly plan: Plan;
  readonly #discriminator: number;
  readonly #variants: readonly Variant[];
  readonly #refuse: boolean;
  readonly #claims: Claims<Claim>;

  constructor(shape: ShapeConfig, options: ShapeOptions) {
    const pointers = shape.variants.flatMap((variant) =>
      isServiceData(variant) ? [] : [pointersOf(variant.content)],
    );
    const { discriminator } = shape;
    const read = pointers.flatMap((one) => one.read);
    if (discriminator !== undefined) read.push(discriminator);
    const presence = pointers.flatMap((one) => one.presence);
    const plan = compilePlan([...read, ...presence, ...pointers.flatMap((one) => one.times)]);
    this.plan = plan;
    this.#discriminator = discriminator === undefined ? -1 : plan.slotOf(discriminator);
    this.#refuse = options.serviceDataExcess === "refuse";
    this.#variants = shape.variants.map((variant) => ({
      when: variant.when === undefined ? null : new Words(variant.when),
      content: isServiceData(variant) ? null : new ContentReader(variant.content, plan, IDS),
      filter: filterOf(variant),
    }));
    const keyed = new Map(presence.map((pointer) => [plan.slotOf(pointer), true]));
    for (const pointer of read) keyed.set(plan.slotOf(pointer), false);
    this.#claims = new Claims(
      plan.captures,
      Array.from(keyed, ([slot, present]) => ({ slot, presence: present })),
    );
  }

  read(bytes: Uint8Array, start: number, end: number, signal: Signal): Reading {
    const { times, items, replacement, stripTo } = this.claim(bytes, start, end, signal);
    if (times === null) return { items, replacement, stripTo };
    const when = { capturedAt: times.capturedAt(bytes), capturedUntil: times.capturedUntil(bytes) };
    const timed = items.map((item) => (item.type === "content" ? { ...item, ...when } : item));
    return { items: timed, replacement, stripTo };
  }

  claim(bytes: Uint8Array, start: number, end: number, signal: Signal): Claim {
    const known = this.#claims.find(bytes, SIGNALS.indexOf(signal));
    if (known !== null) return known;
    const variant = this.#variantOf(bytes);
    if (variant === null) return UNKNOWN[signal];
    if (variant.content !== null) {
      const items = variant.content.read(bytes, signal);
      const claim = { items, replacement: null, stripTo: variant.filter, times: variant.content };
      this.#claims.remember(claim);
      return claim;
    }
    const left = variant.filter!.apply(bytes, start, end);
    if (!left.removed) return PLAIN_SERVICE_DATA;
    if (this.#refuse) return UNKNOWN[signal];
    return { items: SERVICE_DATA, replacement: left.bytes, stripTo: null, times: null };
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
