/** A record's shape: which variant it is, what it says, and what may be left of it. Decides nothing; keeps no state but scratch. */
import type { Pointer, ServiceDataVariantConfig, ShapeConfig, VariantConfig } from "../config/define.ts";
import type { ContentItem, Item } from "../decision/model.ts";
import { TOKEN } from "./captures.ts";
import { Claims } from "./claims.ts";
import { ContentReader, pointersOf, type Times, unknownContent } from "./content-reader.ts";
import { Envelope, type Span } from "./envelope.ts";
import { compileFieldRules, type FieldFilter } from "./field-rules.ts";
import { IdReader } from "./ids.ts";
import { Skeletons } from "./json/skeletons.ts";
import { compilePlan, type Plan } from "./pointer.ts";
import { Refusals, refusalPointers, stricter } from "./refusals.ts";
import type { Speaker } from "./speakers.ts";
import { Words } from "./words.ts";

export interface Reading {
  /** One for each distinct kind and speaker; all must be allowed for the record to go on. */
  readonly items: readonly Item[];
  /** The speaker of each turn, where `strip` may leave those whose items are allowed; null: the record is one. */
  readonly turns: readonly Speaker[] | null;
  /** Service data reduced to what is allowed, to go on in the record's place; of no length: nothing remained. */
  readonly replacement: Uint8Array | null;
  /** What `strip` may leave of the record; null: nothing. */
  readonly stripTo: Pick<FieldFilter, "apply"> | null;
}

/**
 * A reading without when the record was captured (its items' times are null); of records that say the same, mostly the same object. Of a part of
 * a document: its items have times of their own.
 */
export interface Claim extends Reading {
  /** Reads the times; null: the items' own stand. */
  readonly times: Times | null;
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
  /** Where in the record just claimed that lies which goes on if it is allowed; null: it is all of it. */
  inner(start: number): Span | null;
}

/** The service-data fields of a denied record, and of its turns those that are `kept`, at any time after it was read; null: nothing is left. */
export function stripped(
  { stripTo }: Pick<Reading, "stripTo">,
  bytes: Uint8Array,
  start: number,
  end: number,
  kept?: readonly boolean[],
): Uint8Array | null {
  if (stripTo === null) return null;
  const left = stripTo.apply(bytes, start, end, kept);
  return left.empty ? null : left.bytes;
}

export interface ShapeOptions {
  readonly serviceDataExcess: "strip" | "refuse";
  /** `wasm/skeletons.ts`, compiled: with it, lines that resemble one another are read faster. */
  readonly skeletons?: WebAssembly.Module | undefined;
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
  /** Of service data. */
  readonly refusals: Refusals | null;
}

const IDS = new IdReader();
const SERVICE_DATA: readonly Item[] = [{ type: "service_data" }];
const PLAIN_SERVICE_DATA: Claim = {
  items: SERVICE_DATA,
  turns: null,
  replacement: null,
  stripTo: null,
  times: null,
};

/** What all records say of themselves that nothing can be read of: one for each signal, since there may be millions of them. */
const UNKNOWN = Object.fromEntries(
  SIGNALS.map((signal): [Signal, Claim] => [
    signal,
    { items: [unknownContent(signal)], turns: null, replacement: null, stripTo: null, times: null },
  ]),
) as Readonly<Record<Signal, Claim>>;

class ShapedReader implements RecordReader {
  readonly plan: Plan;
  readonly #discriminator: number;
  readonly #variants: readonly Variant[];
  readonly #refuse: boolean;
  readonly #claims: Claims<Claim>;
  /** null: records come without. */
  readonly #envelope: Envelope | null;
  /** Of the record last claimed. */
  #inner: Span | null = null;

  constructor(shape: ShapeConfig, options: ShapeOptions) {
    const pointers = shape.variants.flatMap((variant) =>
      isServiceData(variant)
        ? [{ times: [], ...refusalPointers(variant.refused_by) }]
        : [pointersOf(variant.content, variant.turns)],
    );
    const { discriminator, record } = shape;
    const read = pointers.flatMap((one) => one.read);
    if (discriminator !== undefined) read.push(discriminator);
    const presence = pointers.flatMap((one) => one.presence);
    const plan = compilePlan([
      ...read,
      ...presence,
      ...pointers.flatMap((one) => [...one.times, ...one.within]),
      ...(record === undefined ? [] : [record]),
    ]);
    this.plan = plan;
    this.#discriminator = discriminator === undefined ? -1 : plan.slotOf(discriminator);
    this.#refuse = options.serviceDataExcess === "refuse";
    this.#variants = shape.variants.map((variant) => ({
      when: variant.when === undefined ? null : new Words(variant.when),
      content: isServiceData(variant) ? null : new ContentReader(variant.content, variant.turns, plan, IDS),
      filter: filterOf(variant, record ?? ""),
      refusals:
        isServiceData(variant) && variant.refused_by !== undefined
          ? new Refusals(variant.refused_by, plan)
          : null,
    }));
    this.#envelope = record === undefined ? null : new Envelope(record, plan);
    const keyed = new Map(presence.map((pointer) => [plan.slotOf(pointer), true]));
    for (const pointer of read) keyed.set(plan.slotOf(pointer), false);
    const keys = Array.from(keyed, ([slot, present]) => ({ slot, presence: present }));
    this.#claims = new Claims(plan.captures, keys);
    if (options.skeletons !== undefined)
      plan.skeletons = new Skeletons(options.skeletons, plan.captures, keys);
  }

  read(bytes: Uint8Array, start: number, end: number, signal: Signal): Reading {
    const { times, ...reading } = this.claim(bytes, start, end, signal);
    if (times === null) return reading;
    const when = { capturedAt: times.capturedAt(bytes), capturedUntil: times.capturedUntil(bytes) };
    const items = reading.items.map((item) => (item.type === "content" ? { ...item, ...when } : item));
    return { ...reading, items };
  }

  claim(bytes: Uint8Array, start: number, end: number, signal: Signal): Claim {
    if (this.#envelope === null) return this.#claim(bytes, start, end, signal);
    const inner = this.#envelope.open(bytes, start);
    this.#inner = inner;
    return inner === null ? UNKNOWN[signal] : this.#claim(bytes, inner.start, inner.end, signal);
  }

  inner(start: number): Span | null {
    if (this.#envelope === null) return null;
    return this.#inner ?? { start, end: start };
  }

  #claim(bytes: Uint8Array, start: number, end: number, signal: Signal): Claim {
    const known = this.#claims.find(bytes, SIGNALS.indexOf(signal));
    if (known !== null) return known;
    const variant = this.#variantOf(bytes);
    if (variant === null) return UNKNOWN[signal];
    if (variant.content !== null) {
      const said = variant.content.read(bytes, signal);
      const claim = { ...said, replacement: null, stripTo: variant.filter, times: variant.content };
      this.#claims.remember(claim);
      return claim;
    }
    const said = variant.refusals?.read(bytes) ?? null;
    if (said !== null && (said.signal !== "none" || said.labels.length > 0))
      return UNKNOWN[stricter(signal, said.signal)];
    const left = variant.filter!.apply(bytes, start, end);
    if (!left.removed) return PLAIN_SERVICE_DATA;
    if (this.#refuse) return UNKNOWN[signal];
    return { items: SERVICE_DATA, turns: null, replacement: left.bytes, stripTo: null, times: null };
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

/** `record`: below which what goes on lies. */
function filterOf(variant: VariantConfig, record: Pointer): FieldFilter | null {
  const { strip_needs } = variant;
  if (isServiceData(variant)) return compileFieldRules(variant.service_data, strip_needs);
  const { strip_to, turns } = variant;
  if (turns !== undefined)
    return compileFieldRules(strip_to ?? {}, strip_needs, turns.of.slice(record.length));
  return strip_to === undefined ? null : compileFieldRules(strip_to, strip_needs);
}
