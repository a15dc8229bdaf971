/**
 * Of thrown lines in envelopes, what goes upstream is the allowed records' own bytes, in order and framed, and nothing else: no envelope, no
 * record of anybody who did not agree, no turn of theirs. Decided by the real code over several windows; expected from what was thrown.
 */
import { expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { trainingRecord } from "../../../src/config/presets/training-record.ts";
import { decide } from "../../../src/decision/decide.ts";
import type { Item, State } from "../../../src/decision/model.ts";
import { Slicer } from "../../../src/gate/slices.ts";
import { Judge } from "../../../src/gate/verdicts.ts";
import { AT, argumentsOf, type Case, minute } from "../../cases/decision/story.ts";
import { MARKER } from "../../support/marker.ts";
import { casesOfRun } from "../../support/pace.ts";
import { type Random, random, seedOfRun } from "../../support/random.ts";
import { recordRoute } from "../../unit/gate/sound-routes.ts";
import { windowsOf } from "../../unit/gate/windows-of.ts";

const story = (people: Case["people"]) =>
  argumentsOf({ rule: "T15", name: "a meeting", expect: "consented", people: people! });
const [ITEM, TERMS, PRODUCER, AGREED, NOW] = story({ cy: {} });
const [, , , OBJECTED] = story({ cy: { objected: [[minute(15), null]] }, dee: { accepted: [] } });
const PEOPLE = ["ana", "ben", "ben", "cy", "dee", "nobody"];
const at = new Date(AT).toISOString();

interface Thrown {
  readonly line: string;
  /** What of it must leave; null: nothing. */
  readonly leaves: string | null;
}

type Allowed = (speaker: string | null) => boolean;

const allowedUnder =
  (state: State): Allowed =>
  (speaker) =>
    decide({ ...ITEM, kind: "chat", speaker } as Item, TERMS, PRODUCER, state, NOW).allow;

function throwLine(r: Random, padding: string, strips: boolean, allowed: Allowed): Thrown {
  const gap = () => r.pick(["", "", " ", "\t"]);
  const open = { account: "acme", conversation: "meeting-1", kind: "chat", captured_at: at };
  const members: Record<string, unknown> = { ...open };
  if (r.chance(0.1)) members.account = r.pick(["beta", null, MARKER]);
  if (r.chance(0.1)) members.kind = r.pick(["hologram", 7, null]);
  if (r.chance(0.05)) delete members[r.pick(Object.keys(open))];
  const sound = Object.entries(open).every(([name, value]) => members[name] === value);

  const turns = Array.from({ length: r.int(1, 4) }, (_, n) => ({
    speaker: r.chance(0.15) ? null : r.pick(PEOPLE),
    text: `{"n":${n},${gap()}"text":"${r.pick(["hi", "}", '\\"', "tenfour"])}"}`,
  }));
  const said = r.pick(["one", "several", "turns", "none"] as const);
  const people = r.some(PEOPLE);
  if (said === "one") members.speaker = turns[0]!.speaker ?? "ben";
  if (said === "several") members.speakers = people;
  if (said === "turns") members.turns = turns.map(({ speaker }) => speaker);

  const messages = `[${turns.map(({ text }) => gap() + text).join(",")}${gap()}]`;
  const record = `{${gap()}"messages":${gap()}${messages},"more":{"record":{},"p":"${padding}"}${gap()}}`;
  const parts = [`"tenfour":${gap()}${JSON.stringify(members)}`, `"record":${gap()}${record}`];
  if (r.chance(0.5)) parts.reverse();
  const strange = r.chance(0.08);
  if (strange) parts.push(`"note":"${MARKER}"`);
  const bare = r.chance(0.03);
  const line = bare ? record : `{${parts.join(`${gap()},${gap()}`)}${gap()}}`;

  if (!sound || strange || bare) return { line, leaves: null };
  if (said === "turns") {
    const kept = turns.filter(({ speaker }) => allowed(speaker));
    if (kept.length === turns.length) return { line, leaves: record };
    if (kept.length === 0 || !strips) return { line, leaves: null };
    return { line, leaves: `{"messages":[${kept.map(({ text }) => text).join(",")}]}` };
  }
  const speakers =
    said === "one"
      ? [members.speaker as string]
      : said === "none"
        ? [null]
        : people.length === 0
          ? [""]
          : people;
  return { line, leaves: speakers.every((speaker) => allowed(speaker)) ? record : null };
}

test("what leaves is what was allowed, byte for byte", async () => {
  const seed = seedOfRun();
  let left = 0;
  let cut = 0;
  for (let n = 0; n < casesOfRun(60); n++) {
    const r = random((seed + n) >>> 0);
    const format = r.pick(["ndjson", "json"] as const);
    const strips = r.chance(0.6);
    const state = r.pick([AGREED, OBJECTED, OBJECTED]);
    // Some are of several windows.
    const padding = "w".repeat(r.chance(0.15) ? LIMITS.window_bytes_min / 8 : 0);
    const route = recordRoute({
      shape: trainingRecord({ turns: "/messages" }),
      on_deny: strips ? "strip" : "drop",
    });
    const thrown = Array.from({ length: r.int(1, 30) }, () =>
      throwLine(r, padding, strips, allowedUnder(state)),
    );
    const lines = thrown.map(({ line }) => line);
    const body =
      format === "json" ? `[${lines.join(r.pick([",", " , "]))}]` : lines.join(r.pick(["\n", "\r\n"]));
    const at = r.int(0, body.length);
    const { windows, framing, received } = await windowsOf(
      [body.slice(0, at), body.slice(at)],
      format,
      route,
    );
    const judge = new Judge({ ...route, terms: TERMS }, { id: "p", keyId: "k", accounts: PRODUCER.accounts });
    const slicer = new Slicer(framing);
    let sent = "";
    for (const window of windows) {
      expect(window.asCame).toBeNull();
      const verdicts = judge.verdicts(window, state, NOW);
      for (let from = 0; ; ) {
        const slice = slicer.next(window, verdicts, from);
        if (slice === null) break;
        from = slice.next;
        sent += new TextDecoder().decode(slice.bytes);
      }
    }
    const leaving = thrown.flatMap(({ leaves }) => (leaves === null ? [] : [leaves]));
    const expected = leaving.join(format === "json" ? "," : "\n");
    const why = `TENFOUR_SEED=${seed}, case ${n}`;
    expect(sent === (leaving.length > 0 && format === "json" ? `[${expected}` : expected), why).toBe(true);
    expect(sent, why).not.toContain(MARKER);
    expect(sent, why).not.toContain("meeting-1");
    expect(received.end().bytes, why).toBe(body.length);
    left += leaving.length;
    cut += thrown.filter(({ leaves, line }) => leaves !== null && !line.includes(leaves)).length;
  }
  expect(left).toBeGreaterThan(0);
  expect(cut).toBeGreaterThan(0);
});
