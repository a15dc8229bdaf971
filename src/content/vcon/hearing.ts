/** Whose voices are in each part of a vCon: what points at nobody for sure is everybody's, what points astray is nobody's. Pure. */
import type { Attribution } from "../attribution.ts";
import { type Values, valuesOf } from "./json-parts.ts";
import type { Element, Layout } from "./layout.ts";
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
const DIALOG_MEMBERS = new Set([...PARTY_MEMBERS, ...TIME_MEMBERS, ...POINTING_AT_DIALOGS]);
const ANALYSIS_MEMBERS = new Set(["dialog", "attachment"]);
const ATTACHMENT_MEMBERS = new Set(["party", "dialog", "start"]);

/** `people`: who each party is; null: one who stands for everybody. */
export function hearVoices(
  bytes: Uint8Array,
  { arrays }: Layout,
  people: readonly (string | null)[],
  { capturedAt, capturedUntil }: Attribution,
): Heard {
  const read = (element: Element, keys: ReadonlySet<string>) => valuesOf(bytes, element.members, keys);
  const stated: Span = { at: capturedAt, until: capturedUntil };
  const dialogs = arrays.dialog.map((element, place) => {
    const said = read(element, DIALOG_MEMBERS);
    return dialogVoices(said, place, people, arrays.dialog.length, spanOf(said, stated));
  });

  const everybody = new Voices();
  const whole = new Voices();
  for (const voices of dialogs) {
    whole.addAll(voices);
    for (const span of voices.spans.values()) everybody.add(null, { at: span.at, until: null });
    for (const dialog of voices.dialogs) everybody.dialogs.add(dialog);
  }
  if (dialogs.length === 0) everybody.add(null, { at: stated.at, until: null });
  const always = everybody.spans.get(null)!;
  people.forEach((person, place) => {
    everybody.parties.add(place);
    if (!whole.parties.has(place)) whole.add(person, always, place);
  });
  whole.add(null, always);

  const attachments = arrays.attachments.map((element) =>
    attachmentVoices(read(element, ATTACHMENT_MEMBERS), people, dialogs, whole),
  );
  const analysesSaid = arrays.analysis.map((element) => read(element, ANALYSIS_MEMBERS));
  return {
    dialogs,
    attachments,
    analyses: analysesSaid.map((said) => analysisVoices(said, dialogs, attachments, whole)),
    everybody,
    party: (place) => {
      const voices = new Voices();
      voices.add(people[place]!, always, place);
      return voices;
    },
    attachmentsCounted: analysesSaid.some(({ attachment }) => attachment !== undefined),
  };
}

function dialogVoices(
  said: Values,
  place: number,
  people: readonly (string | null)[],
  dialogs: number,
  span: Span,
): Voices {
  const voices = new Voices();
  voices.dialogs.add(place);
  const named = partiesOf(said, people.length);
  if (named.length === 0) {
    for (const [party, person] of people.entries()) voices.add(person, span, party);
    voices.add(null, span);
  }
  for (const party of named) {
    if (party < 0) voices.goAstray(span);
    else voices.add(people[party]!, span, party);
  }
  if (pointsAstray(said, dialogs)) voices.goAstray(span);
  return voices;
}

/** Whether it points at dialogs that are not there; -1 is how it says so itself. */
function pointsAstray(said: Values, dialogs: number): boolean {
  const { original, consultation, target_dialog, recordings } = said;
  const places = [original, consultation, target_dialog].flat().filter((place) => place !== -1);
  return placesOf([places, recordings], dialogs).includes(-1);
}

/** Of whoever contributed it, and of those in the dialog it belongs to. */
function attachmentVoices(
  said: Values,
  people: readonly (string | null)[],
  dialogs: readonly Voices[],
  whole: Voices,
): Voices {
  const parties = placesOf(said.party, people.length);
  const of = placesOf(said.dialog, dialogs.length);
  const voices = new Voices();
  addVoices(voices, of, dialogs, whole);
  for (const party of parties) {
    if (party < 0) {
      voices.goAstray(whole.spans.get(null)!);
      continue;
    }
    const person = people[party]!;
    const otherwise = voices.spans.get(person) ?? whole.spans.get(person)!;
    voices.add(person, spanOf({ start: said.start }, otherwise), party);
  }
  return voices.spans.size === 0 ? whole : voices;
}

/** Of all in what it was made from. */
function analysisVoices(
  said: Values,
  dialogs: readonly Voices[],
  attachments: readonly Voices[],
  whole: Voices,
): Voices {
  const voices = new Voices();
  addVoices(voices, placesOf(said.dialog, dialogs.length), dialogs, whole);
  addVoices(voices, placesOf(said.attachment, attachments.length), attachments, whole);
  return voices.spans.size === 0 ? whole : voices;
}

function addVoices(to: Voices, places: readonly number[], from: readonly Voices[], whole: Voices): void {
  for (const place of places) {
    if (place < 0) to.goAstray(whole.spans.get(null)!);
    else to.addAll(from[place]!);
  }
}
