/** vCons of any make: nobody's words leave but those of who agreed, and what leaves is a vCon whose places still lead where they led. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { readAttribution } from "../../../src/content/attribution.ts";
import type { Document, Fate } from "../../../src/content/document.ts";
import { compileVcon } from "../../../src/content/vcon/compile.ts";
import { casesOfRun } from "../../support/pace.ts";
import { seedOfRun } from "../../support/random.ts";

const seed = seedOfRun() | 0;
const HEAD = {
  mediaType: "application/vcon+json",
  attribution: readAttribution((name) => (name === "tenfour-captured-at" ? "2026-01-05T09:00:00Z" : "a")),
  signal: "none",
} as const;
const reader = compileVcon({});

const PARTIES = 4;
const word = (of: number | "all") => `MARK-${of}`;
const party = fc.nat(PARTIES - 1);
const places = fc.oneof(
  party,
  fc.array(fc.oneof(party, fc.array(party, { maxLength: 2 })), { maxLength: 3 }),
);
/** Somewhere in it are the words of everybody it names, to be filled in. */
const body = fc.constantFrom("body", "url", "meta", "filename", "Body", "a b", "a/b", "type_");
const start = fc.option(fc.constant("2026-01-05T09:01:00Z"), { nil: undefined });

const dialog = fc.record(
  {
    type: fc.constantFrom("recording", "text", "video", "incomplete", "transfer", "other"),
    start,
    parties: places,
    originator: party,
    duration: fc.constantFrom(0, 1.5, 60),
    mediatype: fc.constantFrom("audio/wav", "text/plain"),
    disposition: fc.constantFrom("busy", "failed"),
    transferee: party,
  },
  { requiredKeys: ["type"] },
);
const about = (dialogs: number) =>
  dialogs === 0
    ? fc.constant(undefined)
    : fc.option(fc.oneof(fc.nat(dialogs - 1), fc.array(fc.nat(dialogs - 1), { maxLength: 2 })), {
        nil: undefined,
      });

const vcon = fc.nat(4).chain((dialogs) =>
  fc.record({
    dialog: fc.array(fc.tuple(dialog, fc.option(body)), { minLength: dialogs, maxLength: dialogs }),
    analysis: fc.array(
      fc.tuple(fc.record({ type: fc.constantFrom("summary", "other"), dialog: about(dialogs) }), body),
      {
        maxLength: 3,
      },
    ),
    attachments: fc.array(
      fc.tuple(fc.record({ party: fc.option(party, { nil: undefined }), dialog: about(dialogs) }), body),
      {
        maxLength: 3,
      },
    ),
    counted: fc.boolean(),
    subject: fc.boolean(),
    indent: fc.constantFrom(undefined, 1, "\t"),
    order: fc.shuffledSubarray(["parties", "dialog", "analysis", "attachments", "subject", "uuid"], {
      minLength: 6,
    }),
  }),
);
type Made = typeof vcon extends fc.Arbitrary<infer T> ? T : never;

const flat = (value: unknown): number[] => [value].flat(3).filter((one) => typeof one === "number");
const everyone = Array.from({ length: PARTIES }, (_, i) => i);
const orEveryone = (named: number[]) => (named.length === 0 ? everyone : named);

/** The vCon as text, with each part's words marked by whose they are: worked out anew, from the draft's words. */
function textOf(made: Made): string {
  const ofDialog = made.dialog.map(([one]) =>
    orEveryone(flat([one.parties, one.originator, one.transferee])),
  );
  const ofAttachment = made.attachments.map(([{ party: by, dialog: of }]) =>
    orEveryone([...flat(by), ...flat(of).flatMap((place) => ofDialog[place]!)]),
  );
  const said = (people: number[]) => [...new Set(people)].map(word).join(" ");
  const all: Record<string, unknown> = {
    uuid: "u-1",
    parties: everyone.map((i) => ({ uuid: `p${i}`, name: `Name ${word(i)}` })),
    dialog: made.dialog.map(([one, key], i) => (key === null ? one : { ...one, [key]: said(ofDialog[i]!) })),
    attachments: made.attachments.map(([one, key], i) => ({
      ...one,
      [key]: { deep: [said(ofAttachment[i]!)] },
    })),
    analysis: made.analysis.map(([one, key], i) => {
      const of = made.counted && made.attachments.length > 0 ? i % made.attachments.length : undefined;
      const people = [
        ...flat(one.dialog).flatMap((d) => ofDialog[d]!),
        ...flat(of).flatMap((a) => ofAttachment[a]!),
      ];
      return { ...one, attachment: of, [key]: said(orEveryone(people)) };
    }),
    subject: made.subject ? everyone.map(word).join(" ") : undefined,
  };
  return JSON.stringify(Object.fromEntries(made.order.map((key) => [key, all[key]])), null, made.indent);
}

function read(text: string): Document {
  const found = reader.read(new TextEncoder().encode(text), HEAD);
  if ("fault" in found) throw new Error(found.fault);
  return found;
}

/** As a gate would decide, if this one objected: an item of everybody is of this one, too. */
function fatesIf(found: Document, objector: string, strip: boolean): Fate[] {
  return found.items.map(({ items, strippable }) => {
    const denied = items.some(
      (item) => item.type === "content" && (item.speaker === objector || item.speaker === null),
    );
    return denied ? (strip && strippable ? "stripped" : "gone") : "whole";
  });
}

it("leaves nothing of who objects, and the bytes that came of a vCon that stays whole", () => {
  let left = 0;
  fc.assert(
    fc.property(vcon, party, fc.boolean(), (made, objector, strip) => {
      const text = textOf(made);
      const found = read(text);
      const bytes = new TextEncoder().encode(text);
      expect(read(text).write(found.items.map(() => "whole"))).toEqual(bytes);
      expect(found.write(found.items.map(() => "gone"))).toBeNull();
      const written = found.write(fatesIf(found, `p${objector}`, strip));
      if (written === null) return;
      left++;
      const rest = new TextDecoder().decode(written);
      expect(rest).not.toContain(word(objector));
      expect(rest).not.toContain(`"p${objector}"`);
      soundAfter(JSON.parse(text), JSON.parse(rest));
    }),
    { seed, numRuns: casesOfRun(400) },
  );
  expect(left).toBeGreaterThan(0);
});

type Parts = Record<"parties" | "dialog" | "analysis" | "attachments", Record<string, unknown>[]>;

/** It is read again; places lead where they led; what is whole is what it was. */
function soundAfter(before: Parts, after: Parts): void {
  read(JSON.stringify(after));
  expect(after.parties.length).toBe(before.parties.length);
  expect(after.dialog.length).toBe(before.dialog.length);
  for (const [place, one] of after.dialog.entries()) {
    const came = before.dialog[place]!;
    if (JSON.stringify(one) === JSON.stringify(came)) continue;
    expect(["recording", "text", "video", "incomplete", "transfer"]).toContain(one.type);
    if (one.type === "incomplete") expect(Object.keys(one)).toContain("disposition");
    for (const [key, value] of Object.entries(one)) if (key !== "type") expect(value).toEqual(came[key]);
  }
  const counted = before.analysis.some(({ attachment }) => attachment !== undefined);
  if (counted) expect(after.attachments.length).toBe(before.attachments.length);
  for (const one of after.analysis) expect(before.analysis).toContainEqual(one);
}

it("counts on no part being decided like another: any fates leave a vCon with only what stayed", () => {
  fc.assert(
    fc.property(vcon, fc.infiniteStream(fc.constantFrom<Fate>("whole", "stripped", "gone")), (made, dice) => {
      const text = textOf(made);
      const found = read(text);
      const fates = found.items.map(() => dice.next().value);
      const written = found.write(fates);
      if (written === null) return;
      const rest = new TextDecoder().decode(written);
      soundAfter(JSON.parse(text), JSON.parse(rest));
      for (const who of everyone) {
        const may = found.items.some(
          ({ items }, i) =>
            fates[i] === "whole" &&
            items.some(
              (item) => item.type === "content" && (item.speaker === `p${who}` || item.speaker === null),
            ),
        );
        if (!may) expect(rest).not.toContain(word(who));
      }
    }),
    { seed, numRuns: casesOfRun(400) },
  );
});
