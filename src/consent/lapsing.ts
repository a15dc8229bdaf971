/** Which answers a newer notice lapses, from when, and what to show instead. Pure: no I/O, and the instant is passed in. */
import type { Instant, Participant } from "../decision/model.ts";
import type { NoticeRecord } from "./writer.ts";

/** What ends the answers to a version. */
export interface Lapse {
  /** The version that supersedes it. */
  readonly by: string;
  /** From then on; it may be to come. */
  readonly at: Instant;
}

/** A person's own answer that lapses. */
export interface PersonLapse {
  readonly answer: "accepted" | "shown";
  readonly id: string;
  readonly noticeVersion: string;
}

/** By version: those that a material version later in the order lapses, as far as it has been announced by `now`. In one service's order. */
export function lapsesOf(notices: readonly NoticeRecord[], now: Instant): ReadonlyMap<string, Lapse> {
  const lapses = new Map<string, Lapse>();
  notices.forEach((notice, position) => {
    const ends = notices.slice(position + 1).filter((later) => later.material && later.announcedAt <= now);
    const first = ends.toSorted((a, b) => a.effectiveAt - b.effectiveAt)[0];
    if (first !== undefined) lapses.set(notice.version, { by: first.version, at: first.effectiveAt });
  });
  return lapses;
}

/** The version to ask again with: the last that is in effect, or that is announced and would lapse the answers before it. */
export function toAskWith(notices: readonly NoticeRecord[], now: Instant): NoticeRecord | null {
  const fits = (notice: NoticeRecord) =>
    notice.effectiveAt <= now || (notice.material && notice.announcedAt <= now);
  return notices.findLast(fits) ?? null;
}

/**
 * What of a person lapses, for one service: the acceptance in force, else, where being shown the notice is enough, what they were shown last.
 * null: nothing that was there, or somebody who objects and is not to be asked again.
 */
export function personLapse(
  person: Participant,
  service: string,
  lapses: ReadonlyMap<string, Lapse>,
  shownIsEnough: boolean,
  now: Instant,
): PersonLapse | null {
  const objects = person.objections.some(
    (one) =>
      (one.service === null || one.service === service) &&
      one.from <= now &&
      (one.to === null || now < one.to),
  );
  if (objects) return null;
  const acceptance = person.acceptances.get(service);
  if (acceptance !== undefined && lapses.has(acceptance.noticeVersion)) {
    const { id, noticeVersion } = acceptance;
    return { answer: "accepted", id, noticeVersion };
  }
  if (!shownIsEnough) return null;
  const shown = person.shown.filter((showing) => showing.service === service && showing.at <= now);
  if (shown.some(({ noticeVersion }) => !lapses.has(noticeVersion))) return null;
  const last = shown.at(-1);
  return last === undefined ? null : { answer: "shown", id: last.id, noticeVersion: last.noticeVersion };
}
