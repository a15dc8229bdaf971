/** Whose voices are in each part of a vCon: what points at nobody for sure is everybody's, what points astray is nobody's. Pure. */
import { LIMITS } from "../../config/limits.ts";
import type { Attribution } from "../attribution.ts";
import { Names, type Values, valuesOf } from "./json-parts.ts";
import type { Layout } from "./layout.ts";
import { PARTY_MEMBERS, partiesOf, placesOf } from "./people.ts";
import { spanOf, TIME_MEMBERS } from "./times.ts";
import { type Span, Voices } from "./voices.ts";

export interface Heard {
  /** By place. */
  readonly dialogs: readonly Voices[];
  readonly analyses: readonly Voices[];
  readonly attachments: readonly Voices[];
  /** Those present, known to the vCon or not, over the whole of it. */
  readonly everybody: Voices;
  /** The one who is party there. */
  party(place: number): Voices;
  readonly attachmentsCounted: boolean;
}

const POINTING_AT_DIALOGS = ["original", "consultation", "target_dialog", "recordings"];
export const DIALOG_MEMBERS = new Names([...PARTY_MEMBERS, ...TIME_MEMBERS, ...POINTING_AT_DIALOGS]);
export const ANALYSIS_MEMBERS = new Names(["dialog", "attachment"]);
export const ATTACHMENT_MEMBERS = new Names(["party", "dialog", "start"]);

/** `people`: who each party is; null: one who stands for everybody. null: more would have to be decided than a request may ask. */
export function hearVoices(
  bytes: Uint8Array,
  { arrays }: Layout,
  people: readonly (string | null)[],
  { capturedAt, capturedUntil }: Attribution,
): Heard | null {
  const stated: Span = { at: capturedAt, until: capturedUntil };
  const hearing = new Hearing(people, arrays.dialog.length);
  const dialogs = arrays.dialog.map((part, place) => {
    const said = valuesOf(bytes, part, DIALOG_MEMBERS);
    return hearing.dialog(said, place, spanOf(said, stated));
  });
  const { everybody, always } = hearing.hearAll(dialogs, { at: stated.at, until: null });
  const attachments = arrays.attachments.map((part) =>
    hearing.attachment(valuesOf(bytes, part, ATTACHMENT_MEMBERS), dialogs),
  );
  let attachmentsCounted = false;
  const analyses = arrays.analysis.map((part) => {
    const said = valuesOf(bytes, part, ANALYSIS_MEMBERS);
    attachmentsCounted ||= said.attachment !== undefined;
    return hearing.analysis(said, dialogs, attachments);
  });
  const party = (place: number): Voices => {
    const voices = new Voices();
    voices.add(people[place]!, always, place);
    return voices;
  };
  return hearing.tooMuch ? null : { dialogs, analyses, attachments, everybody, party, attachmentsCounted };
}

class Hearing {
  readonly #people: readonly (string | null)[];
  readonly #dialogs: number;
  /** All of the vCon: what names nobody is of these. */
  readonly #whole = new Voices();
  #always: Span = { at: null, until: null };
  /** How many more voices may be put to parts: a few bytes can name a thousand people. */
  #left = LIMITS.vcon_decisions_max;

  constructor(people: readonly (string | null)[], dialogs: number) {
    this.#people = people;
    this.#dialogs = dialogs;
  }

  get tooMuch(): boolean {
    return this.#left < 0;
  }

  dialog(said: Values, place: number, span: Span): Voices {
    const voices = new Voices();
    voices.dialogs.add(place);
    const named = partiesOf(said, this.#people.length);
    if (!this.#may(named.size === 0 ? this.#people.length + 1 : named.size)) return voices;
    if (named.size === 0) {
      for (const [party, person] of this.#people.entries()) voices.add(person, span, party);
      voices.add(null, span);
    }
    for (const party of named) {
      if (party < 0) voices.goAstray(span);
      else voices.add(this.#people[party]!, span, party);
    }
    if (pointsAstray(said, this.#dialogs)) voices.goAstray(span);
    return voices;
  }

  /** `always`: from the beginning of the earliest dialog, without end; `otherwise` if there is none. */
  hearAll(dialogs: readonly Voices[], otherwise: Span): { everybody: Voices; always: Span } {
    const everybody = new Voices();
    for (const voices of dialogs) {
      this.#whole.addAll(voices);
      for (const { at } of voices.spans.values()) everybody.add(null, { at, until: null });
      for (const dialog of voices.dialogs) everybody.dialogs.add(dialog);
    }
    if (everybody.spans.size === 0) everybody.add(null, otherwise);
    const always = everybody.spans.get(null)!;
    for (const [party, person] of this.#people.entries()) {
      everybody.parties.add(party);
      if (!this.#whole.parties.has(party)) this.#whole.add(person, always, party);
    }
    this.#whole.add(null, always);
    this.#always = always;
    return { everybody, always };
  }

  /** Of whoever contributed it, and of those in the dialog it belongs to. */
  attachment(said: Values, dialogs: readonly Voices[]): Voices {
    const voices = new Voices();
    this.#addAll(voices, placesOf(said.dialog, dialogs.length), dialogs);
    for (const party of placesOf(said.party, this.#people.length)) {
      if (party < 0) {
        voices.goAstray(this.#always);
        continue;
      }
      const person = this.#people[party]!;
      const otherwise = voices.spans.get(person) ?? this.#whole.spans.get(person)!;
      voices.add(person, spanOf({ start: said.start }, otherwise), party);
    }
    return this.#orWhole(voices);
  }

  /** Of all in what it was made from. */
  analysis(said: Values, dialogs: readonly Voices[], attachments: readonly Voices[]): Voices {
    const voices = new Voices();
    this.#addAll(voices, placesOf(said.dialog, dialogs.length), dialogs);
    this.#addAll(voices, placesOf(said.attachment, attachments.length), attachments);
    return this.#orWhole(voices);
  }

  #orWhole(voices: Voices): Voices {
    if (voices.spans.size > 0) return voices;
    this.#may(this.#whole.spans.size);
    return this.#whole;
  }

  #addAll(to: Voices, places: ReadonlySet<number>, from: readonly Voices[]): void {
    for (const place of places) {
      const voices = from[place];
      if (voices === undefined) to.goAstray(this.#always);
      else if (this.#may(voices.spans.size + voices.dialogs.size)) to.addAll(voices);
    }
  }

  #may(voices: number): boolean {
    this.#left -= voices;
    return this.#left >= 0;
  }
}

/** Whether it points at dialogs that are not there; -1 is how it says so itself. */
function pointsAstray(said: Values, dialogs: number): boolean {
  const { original, consultation, target_dialog, recordings } = said;
  const places = [original, consultation, target_dialog].flat().filter((place) => place !== -1);
  return placesOf([places, recordings], dialogs).has(-1);
}
