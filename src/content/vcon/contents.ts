/** What a vCon holds that is somebody's: each part with its speakers, kinds, times and signal. Pure; decides nothing. */
import { LIMITS } from "../../config/limits.ts";
import type { ContentItem, Item, Kind } from "../../decision/model.ts";
import type { DocumentHead } from "../document.ts";
import type { AllowList } from "./allow-list.ts";
import { MAY_BE_EMPTY } from "./allow-lists.ts";
import { hearVoices } from "./hearing.ts";
import { isEmpty, isShort, type Member, objectOf, type Part, valuesOf } from "./json-parts.ts";
import { EMPTY_DIALOGS, KIND_MEMBERS, type Kinds } from "./kinds.ts";
import { type ReadBasis, Refusals } from "./lawful-basis.ts";
import type { Layout } from "./layout.ts";
import type { ReadParty } from "./people.ts";
import type { Voices } from "./voices.ts";

/** A route's configuration, compiled. */
export interface Terms {
  readonly party: ReadParty;
  readonly kinds: Kinds;
  readonly lawfulBasis: ReadBasis;
  /** Allow-lists. */
  readonly vconFields: AllowList;
  readonly partyFields: AllowList;
  readonly emptyDialogFields: AllowList;
  readonly strippedDialogFields: AllowList;
}

/** A part that stays or goes as a whole. */
export interface Held {
  /** `others`: what is said of the whole conversation. */
  readonly what: "dialog" | "analysis" | "attachments" | "parties" | "others";
  /** In its array. */
  readonly place: number;
  readonly items: readonly Item[];
  /** The parties that have agreed to it if it stays, by place. */
  readonly parties: ReadonlySet<number>;
}

export interface Contents {
  readonly held: readonly Held[];
  /** Members of the vCon that go if what is said of the whole conversation does. */
  readonly aboutAll: readonly Member[];
  /** Whether any analysis points at attachments by their place. */
  readonly attachmentsCounted: boolean;
}

const NO_PARTIES: ReadonlySet<number> = new Set();
const SERVICE_DATA: readonly Item[] = [{ type: "service_data" }];

/** null: more would have to be decided than a request may ask. */
export function readContents(
  bytes: Uint8Array,
  layout: Layout,
  head: DocumentHead,
  terms: Terms,
): Contents | null {
  const { dialog, analysis, attachments, parties } = layout.arrays;
  const counts = { parties: parties.length, dialogs: dialog.length };
  const refusals = new Refusals();
  for (const attachment of attachments) terms.lawfulBasis(bytes, attachment, counts, refusals);
  const people = parties.map((party) => terms.party(bytes, party));
  const heard = hearVoices(bytes, layout, people, head.attribution);
  if (heard === null) return null;
  const write = itemWriter(head, layout, refusals);
  const kindsSaid = (part: Part) => valuesOf(bytes, part, KIND_MEMBERS);
  const held: Held[] = [];

  dialog.forEach((element, place) => {
    const said = kindsSaid(element);
    const voices = heard.dialogs[place]!;
    const empty = EMPTY_DIALOGS.includes(String(said.type)) && !voices.astray;
    if (empty && terms.emptyDialogFields.passes(bytes, element)) {
      held.push({ what: "dialog", place, items: SERVICE_DATA, parties: NO_PARTIES });
      return;
    }
    held.push({
      what: "dialog",
      place,
      items: write(voices, terms.kinds.dialog(said)),
      parties: voices.parties,
    });
  });
  analysis.forEach((element, place) => {
    const voices = heard.analyses[place]!;
    const items = write(voices, terms.kinds.analysis(kindsSaid(element)));
    held.push({ what: "analysis", place, items, parties: voices.parties });
  });
  attachments.forEach((element, place) => {
    const voices = heard.attachments[place]!;
    const items = write(voices, terms.kinds.attachment(kindsSaid(element)));
    held.push({ what: "attachments", place, items, parties: voices.parties });
  });

  const named = new Set(held.flatMap((part) => [...part.parties]));
  parties.forEach((element, place) => {
    if (named.has(place) || terms.partyFields.passes(bytes, element)) return;
    const items = write(heard.party(place), terms.kinds.conversation);
    held.push({ what: "parties", place, items, parties: new Set([place]) });
  });
  const aboutAll = layout.others.filter((member) => !isServiceData(bytes, member, terms.vconFields));
  if (aboutAll.length > 0) {
    const items = write(heard.everybody, terms.kinds.conversation);
    held.push({ what: "others", place: 0, items, parties: NO_PARTIES });
  }
  if (held.length === 0) held.push({ what: "others", place: 0, items: SERVICE_DATA, parties: NO_PARTIES });
  const decisions = held.reduce((sum, part) => sum + part.items.length, 0);
  if (decisions > LIMITS.vcon_decisions_max) return null;
  return { held, aboutAll, attachmentsCounted: heard.attachmentsCounted };
}

/** One for each speaker and kind; parts of the same voices and kinds share theirs, as most attachments do. */
function itemWriter(head: DocumentHead, layout: Layout, refusals: Refusals) {
  const { labels } = head.attribution;
  const account = claimed(layout.account, head.attribution.account);
  const conversation = claimed(layout.conversation, head.attribution.conversation);
  const written = new Map<Voices, Map<string, readonly ContentItem[]>>();
  return (voices: Voices, kinds: readonly (Kind | null)[]): readonly ContentItem[] => {
    const before = written.get(voices) ?? new Map<string, readonly ContentItem[]>();
    written.set(voices, before);
    const known = before.get(kinds.join());
    if (known !== undefined) return known;
    const items = kinds.flatMap((kind) => {
      const signal = head.signal === "none" ? refusals.signal(voices, kind) : head.signal;
      return Array.from(
        voices.spans,
        ([speaker, { at, until }]): ContentItem => ({
          type: "content",
          account,
          conversation,
          speaker,
          privateTo: null,
          kind,
          capturedAt: at,
          capturedUntil: until,
          labels,
          signal,
        }),
      );
    });
    before.set(kinds.join(), items);
    return items;
  };
}

/** What the vCon says, if it is where that is said; a header that says something else makes it nobody's. */
function claimed(inside: string | null | undefined, header: string | null): string | null {
  if (inside === undefined) return header;
  return header === null || header === inside ? inside : null;
}

function isServiceData(bytes: Uint8Array, member: Member, fields: AllowList): boolean {
  if (MAY_BE_EMPTY.includes(member.key) && isEmpty(bytes, member.value)) return true;
  if (!isShort(member)) return false;
  const alone = objectOf(bytes, [member]);
  return fields.passes(alone, { start: 0, end: alone.length });
}
