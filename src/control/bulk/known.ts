/** What is on record of the lines of one batch of participants, by their keys. One question to the store. */
import type {
  BulkStore,
  KeptAnswer,
  KeptShowing,
  KeptStay,
  ParticipantQuestion,
  PersonHistory,
} from "../../consent/bulk.ts";
import type { ConversationRecord } from "../../consent/writer.ts";
import type { ParticipantLine } from "./participant-line.ts";

export interface KnownParticipants {
  readonly accounts: ReadonlySet<string>;
  readonly conversations: ReadonlyMap<string, ConversationRecord>;
  readonly stays: ReadonlyMap<string, KeptStay>;
  readonly showings: ReadonlyMap<string, KeptShowing>;
  readonly answers: ReadonlyMap<string, KeptAnswer>;
  readonly histories: ReadonlyMap<string, PersonHistory>;
}

export async function knowledgeOf(
  bulk: BulkStore,
  lines: readonly ParticipantLine[],
): Promise<KnownParticipants> {
  const accounts = new Set<string>();
  const conversations = new Set<string>();
  const stays = new Map<string, ParticipantQuestion["stays"][number]>();
  const showings = new Set<string>();
  const answers = new Set<string>();
  const keys = new Map<string, ParticipantQuestion["keys"][number]>();
  for (const line of lines) {
    switch (line.type) {
      case "conversation":
        accounts.add(line.conversation.account);
        conversations.add(line.conversation.id);
        break;
      case "presence": {
        const { conversation, person } = line.stay;
        conversations.add(conversation);
        stays.set(`${conversation} ${person}`, [conversation, person]);
        break;
      }
      case "shown":
        conversations.add(line.showing.conversation);
        showings.add(line.showing.id);
        break;
      case "answer": {
        const { id, account, conversation, person } = line.answer;
        accounts.add(account);
        if (conversation !== null) conversations.add(conversation);
        answers.add(id);
        keys.set(answerKey(line.answer), [account, person, conversation ?? ""]);
        break;
      }
    }
  }
  const found = await bulk.aboutParticipants({
    accounts: [...accounts],
    conversations: [...conversations],
    stays: [...stays.values()],
    showings: [...showings],
    answers: [...answers],
    keys: [...keys.values()],
  });
  return {
    accounts: found.accounts,
    conversations: found.conversations,
    stays: new Map(found.stays.map((stay) => [stayKey(stay), stay])),
    showings: new Map(found.showings.map((showing) => [showing.id, showing])),
    answers: new Map(found.answers.map((answer) => [answer.id, answer])),
    histories: new Map([...keys.keys()].map((key, index) => [key, found.histories[index]!])),
  };
}

/** The same join, told of twice, is one. */
export function stayKey({ conversation, person, joinedAt, session }: KeptStay): string {
  return `${conversation} ${person} ${joinedAt} ${session ?? ""}`;
}

export function answerKey({ account, person, conversation }: KeptAnswer): string {
  return `${account} ${person} ${conversation ?? ""}`;
}
