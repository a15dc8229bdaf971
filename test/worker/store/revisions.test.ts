/** A stream goes on under the state it has while no revision moves: so every change a decision depends on must move one. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BulkStore, KeptConsent, NewParticipants } from "../../../src/consent/bulk.ts";
import type { LookupKeys } from "../../../src/consent/port.ts";
import type { ConsentWriter } from "../../../src/consent/writer.ts";
import { createBulkStore } from "../../../src/store/bulk-store.ts";
import { createConsentReader } from "../../../src/store/consent-reader.ts";
import { createConsentWriter } from "../../../src/store/consent-writer.ts";
import { createSourceFeed } from "../../../src/store/source-feed.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";
import { KEY, teller } from "./told.ts";

let databases: Databases;
let writer: ConsentWriter;

const SERVICE = "s";
const by = { recordedBy: "test" };
const SEEN = { history: [], mark: 0, latestAt: 0 };
const KEYS: LookupKeys = {
  accounts: ["acme"],
  conversations: ["talk"],
  people: [["talk", "ann"]],
  whole: ["talk"],
};

beforeAll(async () => {
  databases = await openDatabases();
  writer = createConsentWriter(databases.consent);
  const tell = teller(databases.consent);
  await tell.account("acme");
  await tell.account("other");
  await tell.conversation("talk", "acme");
  await tell.producerKey(KEY);
  await tell.producerKey("rotated");
});
afterAll(() => databases.close());

const reader = () => createConsentReader(databases.consent, () => 1_000);
const lookup = (key = KEY) => reader().lookup(KEYS, [SERVICE], key, false);
const revisions = (key = KEY) => reader().revisions(["acme", "nobody"], [SERVICE, "unpublished"], key);

test("a look-up and a check of it read the same revisions", async () => {
  const { revisions: found, keyRevoked, ageMs } = await lookup();
  expect([keyRevoked, ageMs]).toEqual([false, 0]);
  expect(found).toEqual({ accounts: new Map([["acme", 1]]), notices: new Map([[SERVICE, 0]]) });
  expect(await revisions()).toEqual({
    keyRevoked: false,
    putBack: false,
    revisions: {
      accounts: new Map([
        ["acme", 1],
        ["nobody", null],
      ]),
      notices: new Map([
        [SERVICE, 0],
        ["unpublished", 0],
      ]),
    },
  });
});

const consent = {
  account: "acme",
  service: SERVICE,
  answer: "given" as const,
  noticeVersion: "v1",
  expiresAt: null,
};
const covers = new Map([["chat", 1]] as const);
const showing = {
  id: "shown",
  conversation: "talk",
  person: "ann",
  service: SERVICE,
  noticeVersion: "v1",
  at: 3,
  ...by,
};
const stay = { conversation: "talk", person: "ann", host: false, joinedAt: 1, leftAt: null, ...by };
const producerKey = {
  id: "successor",
  producer: "p",
  accounts: ["*"],
  routes: ["r"],
  createdAt: 1,
  expiresAt: 9_000,
  revokedAt: null,
};

/** In this order. Those of producer keys concern the key that asks, and no account. */
const CHANGES: Readonly<Record<keyof ConsentWriter, () => Promise<unknown>>> = {
  putAccount: () =>
    writer.putAccount(
      { id: "acme", labels: ["health_information"], rule: "everyone" },
      { rule: "speaker", at: 1 },
      null,
    ),
  addSetting: () =>
    writer.addSetting(
      {
        account: "acme",
        service: SERVICE,
        enabled: true,
        trialEndsAt: null,
        at: 1,
        person: "o",
        role: "owner",
        ...by,
      },
      null,
    ),
  addNotice: () =>
    writer.addNotice({
      service: SERVICE,
      version: "v1",
      position: 1,
      section: "10.4",
      locale: "en",
      text: "words",
      sha256: "0".repeat(64),
      material: true,
      publishedAt: 1,
      announcedAt: 1,
      effectiveAt: 1,
    }),
  addConsent: () =>
    writer.addConsent(
      { ...consent, id: "account", conversation: null, person: "o", role: "owner", at: 2, covers, ...by },
      SEEN,
      { noticesSeen: 1, showing: null, hosting: false },
    ),
  putConversation: () =>
    writer.putConversation(
      {
        id: "talk",
        account: "acme",
        kind: "meeting",
        labels: ["education_records"],
        startedAt: 1,
        endedAt: 9,
      },
      1,
      null,
    ),
  join: () => writer.join("acme", stay),
  leave: () => writer.leave("acme", "talk", "ann", 5),
  addShowing: () => writer.addShowing("acme", showing),
  addAnswer: () =>
    writer.addAnswer(
      {
        id: "answer",
        account: "acme",
        conversation: null,
        person: "ann",
        service: null,
        answer: "objected",
        noticeVersion: null,
        at: 4,
        since: 4,
        ...by,
      },
      SEEN,
      { noticesSeen: null, showing: null },
    ),
  addProducerKey: () => writer.addProducerKey(producerKey),
  rotateProducerKey: () => writer.rotateProducerKey("rotated", { ...producerKey, id: "rotated-to" }, 500),
  revokeProducerKey: () => writer.revokeProducerKey("successor", 500),
};

test.each(Object.keys(CHANGES) as (keyof ConsentWriter)[])(
  "%s moves a revision with the state",
  async (change) => {
    const key = { addProducerKey: "successor", revokeProducerKey: "successor", rotateProducerKey: "rotated" };
    const asking = change in key ? key[change as keyof typeof key] : KEY;
    const before = await lookup(asking);
    const unmoved = await revisions(asking);
    await CHANGES[change]();
    const after = await lookup(asking);
    const moved = await revisions(asking);
    if (asking === KEY) {
      expect(after.state).not.toEqual(before.state);
      expect(moved.revisions).not.toEqual(unmoved.revisions);
      expect(after.revisions).not.toEqual(before.revisions);
    } else {
      expect(after.keyRevoked).not.toBe(before.keyRevoked);
      expect(moved.keyRevoked).toBe(after.keyRevoked);
    }
  },
);

test("a notice moves its service's revision, and writes no account", async () => {
  const { accounts } = (await revisions()).revisions;
  const tell = teller(databases.consent);
  await tell.notice("t", "w1", 1);
  const unmoved = await reader().revisions(["acme"], [SERVICE, "t"], KEY);
  const notice = { service: "t", section: "1", locale: "en", text: "words", sha256: "0".repeat(64) };
  const times = { publishedAt: 2, announcedAt: 2, effectiveAt: 2 };
  await writer.addNotice({ ...notice, ...times, version: "w2", position: 2, material: true });
  expect((await revisions()).revisions.accounts).toEqual(accounts);
  const moved = await reader().revisions(["acme"], [SERVICE, "t"], KEY);
  expect([unmoved, moved].map(({ revisions }) => revisions.notices.get("t"))).toEqual([1, 2]);
});

test("a host's answer and one shown with an answer move it too", async () => {
  for (const also of [
    { noticesSeen: 1, showing: null, hosting: false },
    { noticesSeen: 1, showing: { ...showing, id: "shown-with" }, hosting: false },
  ]) {
    const seen = { ...SEEN, mark: also.showing === null ? 0 : await lastSeq() };
    const host = { ...consent, id: `host-${seen.mark}`, conversation: "talk", person: "ann", role: "host" };
    const unmoved = await revisions();
    expect(await writer.addConsent({ ...host, at: 4, covers, ...by }, seen, also)).toBe("written");
    expect((await revisions()).revisions).not.toEqual(unmoved.revisions);
  }
});

test.each([
  { type: "joined", at: 1, person: "bea", session: "one", host: false },
  { type: "left", at: 5, session: "one" },
  { type: "started", at: 1 },
  { type: "ended", at: 9 },
] as const)("a source that tells of $type moves it too", async (told) => {
  const feed = createSourceFeed(databases.consent);
  const keys = { ...KEYS, conversations: ["fed"], people: [], whole: ["fed"] };
  const read = () => reader().lookup(keys, [SERVICE], KEY, false);
  const before = await read();
  await feed.keep({ account: "acme", conversation: "fed", kind: "meeting", ...by, told }, 1);
  const after = await read();
  expect(after.state).not.toEqual(before.state);
  expect(after.revisions).not.toEqual(before.revisions);
});

const IMPORTED = { source: "crm", evidenceSha256: "0".repeat(64), ...by };
const OPEN = { ...stay, conversation: "bulk", person: "bea", source: "crm", session: null, ...by };
const CARRIED: KeptConsent = {
  ...{ ...consent, ...IMPORTED, account: "bulk", conversation: null, person: "o", role: "owner" },
  ...{ id: "carried", answer: "refused", at: 2, noticeVersion: "", covers: new Map() },
};
const HEARD = { ...showing, ...IMPORTED, id: "heard", conversation: "bulk", person: "bea" };
const SAID = {
  ...{ ...HEARD, id: "said", account: "bulk", service: null, noticeVersion: null },
  ...{ answer: "objected" as const, at: 4, since: 4 },
};
const TALK = {
  id: "bulk",
  account: "bulk",
  kind: "meeting",
  labels: [],
  startedAt: 1,
  endedAt: null,
} as const;
const NOBODY: NewParticipants = {
  ...{ conversations: [], stays: [], ended: [], showings: [], answers: [], accounts: ["bulk"] },
};

/** In this order, each by what an import may add. */
const ADDED: Readonly<
  Record<
    "consents" | Exclude<keyof NewParticipants, "accounts">,
    (bulk: BulkStore, notices: number) => Promise<number>
  >
> = {
  consents: (bulk, notices) => bulk.addConsents([{ consent: CARRIED, mark: 0, hosting: false }], notices),
  conversations: (bulk, notices) =>
    bulk.addParticipants({ ...NOBODY, conversations: [{ ...TALK, createdAt: 1 }] }, notices),
  stays: (bulk, notices) => bulk.addParticipants({ ...NOBODY, stays: [OPEN] }, notices),
  ended: (bulk, notices) => bulk.addParticipants({ ...NOBODY, ended: [{ ...OPEN, leftAt: 9 }] }, notices),
  showings: (bulk, notices) => bulk.addParticipants({ ...NOBODY, showings: [HEARD] }, notices),
  answers: (bulk, notices) =>
    bulk.addParticipants({ ...NOBODY, answers: [{ answer: SAID, mark: 0 }] }, notices),
};

test.each(Object.keys(ADDED) as (keyof typeof ADDED)[])("an import of %s moves it too", async (what) => {
  if (what === "consents") await teller(databases.consent).account("bulk");
  const notices = await databases.consent.prepare("SELECT count(*) AS n FROM notices").first<number>("n");
  const keys = { accounts: ["bulk"], conversations: [], people: [], whole: ["bulk"] };
  const read = () => reader().lookup(keys, [SERVICE], KEY, false);
  const before = await read();
  expect(await ADDED[what](createBulkStore(databases.consent), notices!)).toBe(1);
  const after = await read();
  expect(after.state).not.toEqual(before.state);
  expect(after.revisions).not.toEqual(before.revisions);
});

test("a revocation set ahead counts from its instant", async () => {
  await teller(databases.consent).producerKey("ending", { revokedAt: 1_001 });
  const check = (now: number) =>
    createConsentReader(databases.consent, () => now).revisions([], [SERVICE], "ending");
  expect([(await check(1_000)).keyRevoked, (await check(1_001)).keyRevoked]).toEqual([false, true]);
});

async function lastSeq(): Promise<number> {
  return (await databases.consent.prepare("SELECT max(seq) AS seq FROM consents").first<number>("seq"))!;
}
