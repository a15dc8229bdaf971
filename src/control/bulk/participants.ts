/** Judges the lines of an import of participants batch by batch, against what is on record and the lines before them, and writes the good ones. */
import type { KeptAnswer, KeptShowing, KeptStay, NewParticipants } from "../../consent/bulk.ts";
import { acceptanceSince } from "../../consent/runs.ts";
import type { AnswerRecord, ConversationRecord, NoticeRecord } from "../../consent/writer.ts";
import { versionStanding } from "../../decision/consent.ts";
import { isToEverything, standingAmong } from "../objections.ts";
import { untilWhole } from "./attempts.ts";
import type { BulkDeps, BulkKind, BulkRun, Outcome } from "./import.ts";
import { answerKey, type KnownParticipants, knowledgeOf, stayKey } from "./known.ts";
import { Ahead } from "./line.ts";
import { faultOf, refuseLine } from "./line-fault.ts";
import {
  type NewConversation,
  PARTICIPANT_COLUMNS,
  type ParticipantLine,
  readParticipantLine,
} from "./participant-line.ts";

export const PARTICIPANTS: BulkKind<ParticipantLine> = {
  columns: PARTICIPANT_COLUMNS,
  read: readParticipantLine,
  run: (deps, dryRun) => new ParticipantRun(deps, dryRun),
};

type Added = { readonly [K in Exclude<keyof NewParticipants, "accounts">]: NewParticipants[K][number][] } & {
  readonly accounts: Set<string>;
};

class ParticipantRun implements BulkRun<ParticipantLine> {
  readonly #deps: BulkDeps;
  readonly #dryRun: boolean;
  readonly #conversations = new Ahead<ConversationRecord>();
  readonly #stays = new Ahead<KeptStay>();
  readonly #showings = new Ahead<KeptShowing>();
  readonly #answers = new Ahead<KeptAnswer>();
  /** What the file's own lines add to each person's answers. */
  readonly #answered = new Ahead<readonly AnswerRecord[]>();
  #notices: readonly NoticeRecord[] | null = null;
  #known: KnownParticipants | null = null;

  constructor(deps: BulkDeps, dryRun: boolean) {
    this.#deps = deps;
    this.#dryRun = dryRun;
  }

  take(lines: readonly ParticipantLine[]): Promise<readonly Outcome[]> {
    return untilWhole(async () => {
      this.#notices ??= await this.#deps.records.notices(null);
      this.#known = await knowledgeOf(this.#deps.bulk, lines);
      if (!this.#dryRun) this.#forget();
      const added: Added = {
        ...{ conversations: [], stays: [], ended: [], showings: [], answers: [] },
        accounts: new Set(),
      };
      const judged = lines.map((line) => this.#outcome(line, added));
      if (this.#dryRun || added.accounts.size === 0) return { judged, whole: true };
      const { conversations, stays, ended, showings, answers } = added;
      const expected = conversations.length + stays.length + ended.length + showings.length + answers.length;
      const rows = { ...added, accounts: [...added.accounts] };
      const whole = (await this.#deps.bulk.addParticipants(rows, this.#notices.length)) === expected;
      if (!whole) this.#notices = null;
      return { judged, whole };
    });
  }

  #forget(): void {
    for (const map of [this.#conversations, this.#stays, this.#showings, this.#answers, this.#answered])
      map.clear();
  }

  #outcome(line: ParticipantLine, added: Added): Outcome {
    try {
      switch (line.type) {
        case "conversation":
          return this.#conversation(line.conversation, added);
        case "presence":
          return this.#stay(line.stay, added);
        case "shown":
          return this.#showing(line.showing, added);
        case "answer":
          return this.#answer(line.answer, line.since, added);
      }
    } catch (error) {
      return faultOf(error);
    }
  }

  #conversation(given: NewConversation, added: Added): Outcome {
    const recorded = this.#conversations.get(given.id) ?? this.#known!.conversations.get(given.id);
    if (recorded !== undefined) {
      if (recorded.account !== given.account || recorded.kind !== given.kind)
        refuseLine("conversation_fixed");
      const same =
        recorded.startedAt === given.startedAt &&
        recorded.endedAt === given.endedAt &&
        [...recorded.labels].sort().join() === [...given.labels].sort().join();
      return same ? "unchanged" : refuseLine("exists_differently");
    }
    if (!this.#known!.accounts.has(given.account)) refuseLine("account_unknown");
    this.#conversations.set(given.id, given);
    added.conversations.push(given);
    added.accounts.add(given.account);
    return "applied";
  }

  #stay(given: KeptStay, added: Added): Outcome {
    const { account, kind } = this.#conversationOf(given.conversation);
    if (given.host && kind === "channel") refuseLine("no_host");
    const key = stayKey(given);
    const recorded = this.#stays.get(key) ?? this.#known!.stays.get(key);
    if (recorded === undefined) {
      added.stays.push(given);
    } else {
      if (recorded.host !== given.host) refuseLine("exists_differently");
      // A file from before they left takes nothing back.
      if (given.leftAt === null || given.leftAt === recorded.leftAt) return "unchanged";
      if (recorded.leftAt !== null) refuseLine("exists_differently");
      const fresh = added.stays.indexOf(recorded);
      if (fresh >= 0) added.stays[fresh] = given;
      else added.ended.push(given);
    }
    this.#stays.set(key, given);
    added.accounts.add(account);
    return "applied";
  }

  #showing(given: KeptShowing, added: Added): Outcome {
    const recorded = this.#showings.get(given.id) ?? this.#known!.showings.get(given.id);
    if (recorded !== undefined) {
      const members = ["conversation", "person", "service", "noticeVersion", "at"] as const;
      return members.every((member) => recorded[member] === given[member])
        ? "unchanged"
        : refuseLine("exists_differently");
    }
    const { account } = this.#conversationOf(given.conversation);
    this.#checkService(given.service);
    if (
      !this.#notices!.some(
        ({ service, version }) => service === given.service && version === given.noticeVersion,
      )
    ) {
      refuseLine("notice_unknown");
    }
    this.#showings.set(given.id, given);
    added.showings.push(given);
    added.accounts.add(account);
    return "applied";
  }

  #answer(given: KeptAnswer, since: number | null, added: Added): Outcome {
    const recorded = this.#answers.get(given.id) ?? this.#known!.answers.get(given.id);
    if (recorded !== undefined) {
      const members = [
        "account",
        "conversation",
        "person",
        "service",
        "answer",
        "noticeVersion",
        "at",
      ] as const;
      return members.every((member) => recorded[member] === given[member])
        ? "unchanged"
        : refuseLine("exists_differently");
    }
    if (!this.#known!.accounts.has(given.account)) refuseLine("account_unknown");
    if (given.conversation !== null && this.#conversationOf(given.conversation).account !== given.account) {
      refuseLine("conversation_unknown");
    }
    if (given.service !== null) this.#checkService(given.service);
    const person = `${given.account} ${given.person}`;
    const ahead = this.#answered.get(person) ?? [];
    const { answers, mark, erased } = this.#known!.histories.get(answerKey(given))!;
    const before = [...answers, ...ahead]
      .filter(
        ({ conversation, at }) =>
          at <= given.at && (conversation === null || conversation === given.conversation),
      )
      .sort((a, b) => a.at - b.at);
    if (given.answer === "objection_withdrawn") {
      if (!stands(before, given)) refuseLine("no_objection");
      if (erased && isToEverything(given)) refuseLine("person_erased");
    }
    const answer = given.answer === "accepted" ? this.#accepted(given, since, before) : given;
    this.#answered.set(person, [...ahead, answer]);
    this.#answers.set(given.id, answer);
    added.answers.push({ answer, mark });
    added.accounts.add(given.account);
    return "applied";
  }

  #accepted(given: KeptAnswer, since: number | null, before: readonly AnswerRecord[]): KeptAnswer {
    const service = given.service!;
    const notices = this.#notices!.filter((notice) => notice.service === service);
    const standing = versionStanding(given.noticeVersion!, notices, given.at);
    if (standing === "unknown") refuseLine("notice_unknown");
    if (standing === "superseded") refuseLine("notice_superseded");
    return { ...given, since: Math.max(since ?? 0, acceptanceSince(before, notices, service, given.at)) };
  }

  #conversationOf(id: string): ConversationRecord {
    const found = this.#conversations.get(id) ?? this.#known!.conversations.get(id);
    return found ?? refuseLine("conversation_unknown");
  }

  #checkService(id: string): void {
    if (!this.#deps.services.some((one) => one.id === id)) refuseLine("service_unknown");
  }
}

function stands(before: readonly AnswerRecord[], { conversation, service }: KeptAnswer): boolean {
  return standingAmong(before).some((one) => one.conversation === conversation && one.service === service);
}
