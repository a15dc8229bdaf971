/**
 * Five accounts and what their people answered, told to a gate through `/v1` as the operator's own systems would. Sends no items.
 * Telling it twice changes nothing that a decision depends on, but the instants of the answers.
 */
import type { Operator } from "../scripts/operator.ts";

export const SERVICE = "meeting-summary";
const VERSION = "2026-01";
const KINDS = ["transcript", "chat", "audio"];

interface Person {
  readonly id: string;
  /** `silent`: there, and shown the notice, but without an answer. */
  readonly answer: "accepted" | "objected" | "silent";
}

interface Meeting {
  readonly id: string;
  readonly account: string;
  readonly host: string;
  readonly hostConsents: boolean;
  readonly guests: readonly Person[];
}

interface Account {
  readonly id: string;
  readonly owner: string;
  readonly labels: readonly string[];
  readonly consents: boolean;
}

/** All of them have enabled Meeting Summary. Enabling is not consenting. */
export const ACCOUNTS: readonly Account[] = [
  { id: "acme", owner: "olga", labels: [], consents: true },
  { id: "birch", owner: "omar", labels: [], consents: false },
  { id: "cedar", owner: "odile", labels: [], consents: true },
  { id: "elm-school", owner: "otto", labels: ["education_records"], consents: true },
];

export const MEETINGS: readonly Meeting[] = [
  {
    id: "acme-standup",
    account: "acme",
    host: "ana",
    hostConsents: true,
    guests: [
      { id: "bo", answer: "accepted" },
      { id: "cy", answer: "objected" },
      { id: "dee", answer: "silent" },
    ],
  },
  { id: "acme-review", account: "acme", host: "eli", hostConsents: false, guests: [] },
  { id: "birch-weekly", account: "birch", host: "fay", hostConsents: true, guests: [] },
  { id: "cedar-planning", account: "cedar", host: "gus", hostConsents: true, guests: [] },
  { id: "elm-lesson", account: "elm-school", host: "hana", hostConsents: true, guests: [] },
];

/** Resolves to an instant, RFC 3339, at which everybody has answered and everybody is there. */
export async function tellWorld(operator: Operator): Promise<string> {
  await operator("POST", "/v1/notices", {
    service: SERVICE,
    version: VERSION,
    section: "10.4",
    locale: "en",
    text: "Meeting Summary may use what is said in this meeting to train its model, if you agree.",
    material: true,
    published_at: "2026-01-01T00:00:00Z",
    effective_at: "2026-01-15T00:00:00Z",
  });
  await Promise.all(ACCOUNTS.map((account) => tellAccount(operator, account)));
  await Promise.all(MEETINGS.map((meeting) => tellMeeting(operator, meeting)));
  return new Date().toISOString();
}

/** The account's owner takes the consent back. */
export async function withdraw(operator: Operator, account: string): Promise<void> {
  const { owner } = ACCOUNTS.find(({ id }) => id === account)!;
  await operator("POST", `/v1/accounts/${account}/consents`, {
    answer: "withdrawn",
    service: SERVICE,
    by: { person: owner, role: "owner" },
  });
}

async function tellAccount(operator: Operator, { id, owner, labels, consents }: Account): Promise<void> {
  const by = { person: owner, role: "owner" };
  await operator("PUT", `/v1/accounts/${id}`, { labels });
  await operator("PUT", `/v1/accounts/${id}/services/${SERVICE}`, { enabled: true, by });
  if (!consents) return;
  await operator("POST", `/v1/accounts/${id}/consents`, { ...given(), by });
}

async function tellMeeting(operator: Operator, meeting: Meeting): Promise<void> {
  const conversation = `/v1/conversations/${meeting.id}`;
  await operator("PUT", conversation, { account: meeting.account, kind: "meeting" });
  await operator("POST", `${conversation}/participants/${meeting.host}/join`, { host: true });
  if (meeting.hostConsents) {
    const by = { person: meeting.host, role: "host" };
    await operator("POST", `${conversation}/consents`, { ...given(), by });
  }
  for (const { id, answer } of meeting.guests) {
    const guest = `${conversation}/participants/${id}`;
    await operator("POST", `${guest}/join`, {});
    await operator("POST", `${guest}/notices`, { service: SERVICE, notice_version: VERSION });
    if (answer === "accepted") {
      await operator("POST", `${guest}/answers`, { answer, service: SERVICE, notice_version: VERSION });
    } else if (answer === "objected") {
      await operator("POST", `${guest}/answers`, { answer, service: SERVICE });
    }
  }
}

function given(): object {
  return { answer: "given", service: SERVICE, kinds: KINDS, notice_version: VERSION };
}
