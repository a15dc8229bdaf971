/** Judges the lines of an import of consents batch by batch, against what is on record and the lines before them, and writes the good ones. */
import type { ConsentQuestion, KeptConsent, KnownConversation, NewConsent } from "../../consent/bulk.ts";
import type { ConsentRecord, NoticeRecord, PresenceRecord } from "../../consent/writer.ts";
import { untilWhole } from "./attempts.ts";
import {
  CONSENT_COLUMNS,
  type ConsentLine,
  readConsentLine,
  saysTheSame,
  workedOut,
} from "./consent-line.ts";
import type { BulkDeps, BulkKind, BulkRun, Outcome } from "./import.ts";
import { Ahead } from "./line.ts";
import { faultOf, refuseLine } from "./line-fault.ts";

export const CONSENTS: BulkKind<ConsentLine> = {
  columns: CONSENT_COLUMNS,
  read: readConsentLine,
  run: (deps, dryRun) => new ConsentRun(deps, dryRun),
};

interface History {
  /** Oldest first. */
  readonly past: ConsentRecord[];
  readonly mark: number;
}

/** What is known while one batch is judged. */
interface Known {
  readonly accounts: ReadonlySet<string>;
  readonly conversations: ReadonlyMap<string, KnownConversation>;
  readonly recorded: ReadonlyMap<string, KeptConsent>;
  readonly histories: ReadonlyMap<string, History>;
  readonly hosted: ReadonlyMap<string, readonly Stay[]>;
}

type Stay = Pick<PresenceRecord, "host" | "joinedAt" | "leftAt">;

class ConsentRun implements BulkRun<ConsentLine> {
  readonly #deps: BulkDeps;
  readonly #dryRun: boolean;
  readonly #histories = new Ahead<History>();
  readonly #given = new Ahead<KeptConsent>();
  #notices: readonly NoticeRecord[] | null = null;

  constructor(deps: BulkDeps, dryRun: boolean) {
    this.#deps = deps;
    this.#dryRun = dryRun;
  }

  take(lines: readonly ConsentLine[]): Promise<readonly Outcome[]> {
    return untilWhole(async () => {
      this.#notices ??= await this.#deps.records.notices(null);
      const known = await this.#know(lines);
      if (!this.#dryRun) {
        this.#histories.clear();
        this.#given.clear();
      }
      const added: NewConsent[] = [];
      const judged = lines.map((line) => this.#outcome(line, known, added));
      if (this.#dryRun || added.length === 0) return { judged, whole: true };
      const written = await this.#deps.bulk.addConsents(added, this.#notices.length);
      const whole = written === added.length;
      if (!whole) this.#notices = null;
      return { judged, whole };
    });
  }

  #outcome(line: ConsentLine, known: Known, added: NewConsent[]): Outcome {
    try {
      return this.#judge(line, known, added);
    } catch (error) {
      return faultOf(error);
    }
  }

  #judge(line: ConsentLine, known: Known, added: NewConsent[]): Outcome {
    const { id, account, conversation, service, at } = line.consent;
    const recorded = this.#given.get(id) ?? known.recorded.get(id);
    if (recorded !== undefined) {
      return saysTheSame(recorded, line) ? "unchanged" : refuseLine("exists_differently");
    }
    if (!known.accounts.has(account)) refuseLine("account_unknown");
    if (!this.#deps.services.some((one) => one.id === service)) refuseLine("service_unknown");
    if (conversation !== null) checkConversation(known.conversations.get(conversation), account);
    const key = keyOf(line.consent);
    const history = this.#histories.get(key) ?? known.histories.get(key)!;
    const latest = history.past.at(-1);
    if (latest !== undefined && at < latest.at) refuseLine("out_of_order");
    const hosting = isHosting(line.consent, known);
    if (line.consent.role === "host" && !hosting && !takesBackOwn(line.consent, latest)) {
      refuseLine("not_hosting");
    }
    const notices = this.#notices!.filter((notice) => notice.service === service);
    const consent = workedOut(line, history.past, notices);
    this.#histories.set(key, { past: [...sinceStop(history.past), consent], mark: history.mark });
    this.#given.set(id, consent);
    added.push({ consent, mark: history.mark, hosting });
    return "applied";
  }

  async #know(lines: readonly ConsentLine[]): Promise<Known> {
    const keys = new Map<string, ConsentQuestion["keys"][number]>();
    const stays = new Map<string, ConsentQuestion["stays"][number]>();
    for (const { consent } of lines) {
      const { account, conversation, service, person, role } = consent;
      keys.set(keyOf(consent), [account, conversation ?? "", service]);
      if (conversation !== null && role === "host")
        stays.set(stayKey(conversation, person), [conversation, person]);
    }
    const unique = (of: (line: ConsentLine) => string | null) => [
      ...new Set(lines.map(of).filter((one) => one !== null)),
    ];
    const found = await this.#deps.bulk.aboutConsents({
      ids: unique(({ consent }) => consent.id),
      accounts: unique(({ consent }) => consent.account),
      conversations: unique(({ consent }) => consent.conversation),
      keys: [...keys.values()],
      stays: [...stays.values()],
    });
    const hosted = new Map<string, Stay[]>();
    for (const stay of found.stays) {
      const key = stayKey(stay.conversation, stay.person);
      hosted.set(key, [...(hosted.get(key) ?? []), stay]);
    }
    return {
      accounts: found.accounts,
      conversations: found.conversations,
      recorded: new Map(found.consents.map((consent) => [consent.id, consent])),
      histories: new Map(
        [...keys.keys()].map((key, index) => {
          const { answers, mark } = found.histories[index]!;
          return [key, { past: [...answers], mark }];
        }),
      ),
      hosted,
    };
  }
}

function checkConversation(conversation: KnownConversation | undefined, account: string): void {
  if (conversation?.account !== account) refuseLine("conversation_unknown");
  if (conversation.kind === "channel") refuseLine("no_host");
}

function isHosting({ conversation, person, role, at }: KeptConsent, { hosted }: Known): boolean {
  if (conversation === null || role !== "host") return false;
  const stays = hosted.get(stayKey(conversation, person)) ?? [];
  return stays.some(
    ({ host, joinedAt, leftAt }) => host && joinedAt <= at && (leftAt === null || at < leftAt),
  );
}

/** Whoever gave what stands may take it back, still hosting or not. */
function takesBackOwn({ answer, person }: KeptConsent, latest: ConsentRecord | undefined): boolean {
  return answer === "withdrawn" && latest?.answer === "given" && latest.person === person;
}

/** No run reaches back past the last answer that said no. */
function sinceStop(past: readonly ConsentRecord[]): readonly ConsentRecord[] {
  const stop = past.findLastIndex(({ answer }) => answer !== "given");
  return stop > 0 ? past.slice(stop) : past;
}

function keyOf({ account, conversation, service }: KeptConsent): string {
  return `${account} ${conversation ?? ""} ${service}`;
}

function stayKey(conversation: string, person: string): string {
  return `${conversation} ${person}`;
}
