/**
 * Who speaks in a record: one person, several, or a person a turn. Reads only what the scan captured. Whoever is claimed but unreadable is
 * nobody, and lists that do not fit together are nobody's: so such a record is denied.
 */
import type { ContentVariantConfig, Pointer, TurnsConfig } from "../config/define.ts";
import { LOWER_N, QUOTE } from "./ascii.ts";
import { type Captures, TOKEN } from "./captures.ts";
import type { IdReader } from "./ids.ts";
import { eachElement } from "./json/walk.ts";
import type { Plan } from "./pointer.ts";

type Rules = Pick<ContentVariantConfig["content"], "speaker" | "speakers" | "speaker_required">;

/** Stands for someone who is claimed but is none that anybody knows. */
const NOBODY = "";

/** People of one record: each is decided on. With more, the record is nobody's. */
const SPEAKERS_MAX = 100;

/** null: nobody in particular, so everyone in the conversation. */
export type Speaker = string | null;

export interface Speakers {
  /** Each once, at least one, in the order of the record. */
  readonly all: readonly Speaker[];
  /** The speaker of each turn, where one turn may go without the others; null: the record is one. */
  readonly turns: readonly Speaker[] | null;
}

const NOBODYS: Speakers = { all: [NOBODY], turns: null };

/** Where the record says who speaks. */
export function speakerPointers(
  { speaker, speakers }: Rules,
  turns: TurnsConfig | undefined,
): readonly (Pointer | undefined)[] {
  return [speaker, speakers, listOf(speakers), turns?.of, turns?.speakers];
}

/** The array that a pointer with one `*` is about: each of its elements should hold what is pointed at. undefined: it has none, or several. */
export function listOf(pointer: Pointer | undefined): Pointer | undefined {
  const [list, ...more] = pointer?.split("/*") ?? [];
  return more.length === 1 ? list : undefined;
}

export class SpeakersReader {
  readonly #captures: Captures;
  readonly #ids: IdReader;
  readonly #speaker: number;
  readonly #speakers: number;
  readonly #list: number;
  readonly #required: boolean;
  readonly #turns: { readonly of: number; readonly speakers: number } | null;

  /** `plan` has been compiled from `speakerPointers` of the same, among others. */
  constructor(rules: Rules, turns: TurnsConfig | undefined, plan: Plan, ids: IdReader) {
    const slot = (pointer: Pointer | undefined) => (pointer === undefined ? -1 : plan.slotOf(pointer));
    this.#captures = plan.captures;
    this.#ids = ids;
    this.#speaker = slot(rules.speaker);
    this.#speakers = slot(rules.speakers);
    this.#list = slot(listOf(rules.speakers));
    this.#required = rules.speaker_required ?? false;
    this.#turns = turns === undefined ? null : { of: slot(turns.of), speakers: slot(turns.speakers) };
  }

  read(bytes: Uint8Array): Speakers {
    const all = new Set<Speaker>();
    this.#addSpeaker(bytes, all);
    this.#addSpeakers(bytes, all);
    const turns = this.#turnsOf(bytes);
    if (turns === "unreadable") return NOBODYS;
    // Who is named beside the turns is of all of them.
    const apart = all.size === 0;
    for (const speaker of turns ?? []) all.add(speaker);
    if (all.size > SPEAKERS_MAX) return NOBODYS;
    if (all.size === 0) return { all: [this.#required ? NOBODY : null], turns: null };
    return { all: [...all], turns: apart ? turns : null };
  }

  #addSpeaker(bytes: Uint8Array, all: Set<Speaker>): void {
    const value = this.#first(this.#speaker);
    if (value < 0) return;
    const { next, start, end } = this.#captures;
    all.add(next[value]! < 0 ? this.#named(bytes, start[value]!, end[value]!) : NOBODY);
  }

  /** A list that names nobody, or of which an element names nobody, has somebody in it who is nobody. */
  #addSpeakers(bytes: Uint8Array, all: Set<Speaker>): void {
    const { next, token, start, end } = this.#captures;
    let values = 0;
    for (let v = this.#first(this.#speakers); v >= 0; v = next[v]!) {
      values++;
      if (this.#list < 0 && token[v] === TOKEN.array) {
        const names = this.#elements(bytes, v, (from, to) => all.add(this.#named(bytes, from, to)));
        if (names === 0) all.add(NOBODY);
      } else all.add(this.#named(bytes, start[v]!, end[v]!));
    }
    const list = this.#first(this.#list);
    if (list < 0) return;
    const elements = token[list] === TOKEN.array ? this.#elements(bytes, list, () => {}) : 0;
    if (elements === 0 || elements !== values) all.add(NOBODY);
  }

  /** null: the record does not say who speaks when. */
  #turnsOf(bytes: Uint8Array): readonly Speaker[] | null | "unreadable" {
    if (this.#turns === null) return null;
    const speakers = this.#first(this.#turns.speakers);
    if (speakers < 0) return null;
    const of = this.#first(this.#turns.of);
    const { token } = this.#captures;
    // Of none at all, too.
    if (token[of] !== TOKEN.array || token[speakers] !== TOKEN.array) return "unreadable";
    const turns: Speaker[] = [];
    this.#elements(bytes, speakers, (from, to) =>
      turns.push(bytes[from] === LOWER_N ? null : this.#named(bytes, from, to)),
    );
    return this.#elements(bytes, of, () => {}) === turns.length ? turns : "unreadable";
  }

  #first(slot: number): number {
    return slot < 0 ? -1 : this.#captures.first[slot]!;
  }

  /** How many there are. */
  #elements(bytes: Uint8Array, value: number, each: (from: number, to: number) => void): number {
    let count = 0;
    eachElement(bytes, this.#captures.start[value]!, (from, to) => {
      count++;
      each(from, to);
    });
    return count;
  }

  #named(bytes: Uint8Array, from: number, to: number): string {
    if (bytes[from] !== QUOTE) return NOBODY;
    return this.#ids.read(bytes, this.#captures.view, from + 1, to - 1) ?? NOBODY;
  }
}
