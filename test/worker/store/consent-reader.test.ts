import { afterAll, beforeAll, expect, test } from "vitest";
import type { LookupKeys } from "../../../src/consent/port.ts";
import { createConsentReader } from "../../../src/store/consent-reader.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";
import { KEY, teller } from "./told.ts";

let databases: Databases;
let tell: ReturnType<typeof teller>;

beforeAll(async () => {
  databases = await openDatabases();
  tell = teller(databases.consent);
  await tell.producerKey(KEY);
  await tell.producerKey("revoked", { revokedAt: 5 });
  await tell.producerKey("revoked-and-expired", { revokedAt: 5, expiresAt: 6 });
  await tell.notice("s", "v1", 1);
  await tell.notice("s", "v2", 2, { material: 1, effectiveAt: 100 });
  await tell.notice("t", "v1", 1);
});

afterAll(() => databases.close());

async function lookup(keys: Partial<LookupKeys>, services = ["s"], everyone = false, key = KEY) {
  const all = { accounts: [], conversations: [], people: [], whole: [], ...keys };
  return createConsentReader(databases.consent).lookup(all, services, key, everyone);
}

test("an account: labels, rule, and the latest setting and answer of each service asked for", async () => {
  await tell.account("acme", { labels: '["health_information"]', participationRule: "notice" });
  await tell.setting("acme", "s", { enabled: 1, at: 1 });
  await tell.setting("acme", "s", { enabled: 0, at: 2 });
  await tell.setting("acme", "t", { trialEndsAt: 50 });
  await tell.setting("acme", "unasked");
  await tell.consent("acme", "", "s", { id: "older", at: 10 });
  await tell.consent("acme", "", "s", {
    id: "newest",
    at: 20,
    covers: '{"chat":7,"audio":9}',
    expiresAt: 99,
  });
  await tell.consent("acme", "", "s", { id: "imported-late", at: 15, answer: "refused" });
  await tell.consent("acme", "", "t", { id: "tie-first", at: 10 });
  await tell.consent("acme", "", "t", { id: "tie-last", at: 10, answer: "withdrawn" });
  await tell.consent("acme", "", "unasked");

  const { state, keyRevoked } = await lookup({ accounts: ["acme", "nobody", "acme"] }, ["s", "t"]);
  expect(keyRevoked).toBe(false);
  expect([...state.accounts.keys()]).toEqual(["acme"]);
  const acme = state.accounts.get("acme")!;
  expect(acme).toMatchObject({ labels: ["health_information"], rule: "notice" });
  expect(acme.services).toEqual(
    new Map([
      ["s", { enabled: false, trialEndsAt: null }],
      ["t", { enabled: true, trialEndsAt: 50 }],
    ]),
  );
  expect([...acme.consents.keys()].sort()).toEqual(["s", "t"]);
  expect(acme.consents.get("s")).toEqual({
    id: "newest",
    answer: "given",
    person: "owner",
    role: "owner",
    at: 20,
    noticeVersion: "v1",
    covers: new Map([
      ["chat", 7],
      ["audio", 9],
    ]),
    expiresAt: 99,
  });
  expect(acme.consents.get("t")?.id).toBe("tie-last");
  expect([...state.notices.entries()]).toEqual([
    [
      "s",
      [
        { version: "v1", material: false, effectiveAt: 1 },
        { version: "v2", material: true, effectiveAt: 100 },
      ],
    ],
    ["t", [{ version: "v1", material: false, effectiveAt: 1 }]],
  ]);
});

test("an answer of the future is the latest too", async () => {
  await tell.account("early");
  await tell.consent("early", "", "s", { id: "now", at: 10 });
  await tell.consent("early", "", "s", { id: "then", at: 8_000_000_000_000 });
  const { state } = await lookup({ accounts: ["early"] });
  expect(state.accounts.get("early")?.consents.get("s")?.id).toBe("then");
});

test("a conversation holds the people named and its consenting hosts; whole, everyone", async () => {
  await tell.account("beta");
  await tell.conversation("talk", "beta", { endedAt: 90, labels: '["education_records"]' });
  await tell.consent("beta", "talk", "s", { id: "first-host", person: "ann", at: 5 });
  await tell.consent("beta", "talk", "s", { id: "second-host", person: "bob", at: 6 });
  await tell.consent("beta", "talk", "t", { id: "host-t", person: "ann", at: 6 });
  for (const person of ["ann", "bob", "cat", "dan"]) await tell.presence("talk", person);
  await tell.presence("talk", "cat", { joinedAt: 20, leftAt: 30 });
  await tell.showing("talk", "cat", "s", { id: "shown-s" });
  await tell.showing("talk", "cat", "t", { id: "shown-t" });

  const named = await lookup({
    conversations: ["talk"],
    people: [
      ["talk", "cat"],
      ["talk", "ghost"],
    ],
  });
  const talk = named.state.conversations.get("talk")!;
  expect(talk).toMatchObject({
    account: "beta",
    kind: "meeting",
    labels: ["education_records"],
    startedAt: 1,
    endedAt: 90,
    peopleComplete: false,
  });
  expect(talk.hostConsents.get("s")?.id).toBe("second-host");
  expect(talk.hostConsents.has("t")).toBe(false);
  expect([...talk.people.keys()].sort()).toEqual(["bob", "cat"]);
  expect(talk.people.get("cat")).toMatchObject({
    presence: [
      { from: 1, to: null },
      { from: 20, to: 30 },
    ],
    shown: [{ id: "shown-s", service: "s", noticeVersion: "v1", at: 1 }],
  });

  const everyone = ["ann", "bob", "cat", "dan"];
  const wholes = [
    await lookup({ whole: ["talk"] }),
    await lookup({ conversations: ["talk"], whole: ["talk"], people: [["talk", "cat"]] }),
    await lookup({ conversations: ["talk"] }, ["s"], true),
  ];
  for (const { state } of wholes) {
    expect(state.conversations.get("talk")?.peopleComplete).toBe(true);
    expect([...state.conversations.get("talk")!.people.keys()].sort()).toEqual(everyone);
  }
  const both = await lookup({ people: [["talk", "dan"]] }, ["s", "t"]);
  expect([...both.state.conversations.get("talk")!.people.keys()].sort()).toEqual(["ann", "bob", "dan"]);
});

test("under the account's rule `everyone`, everyone comes unasked", async () => {
  await tell.account("strict", { participationRule: "everyone" });
  await tell.conversation("strict-talk", "strict");
  await tell.presence("strict-talk", "ann");
  await tell.presence("strict-talk", "bob");
  const { state } = await lookup({ people: [["strict-talk", "ann"]] });
  expect(state.conversations.get("strict-talk")?.peopleComplete).toBe(true);
  expect([...state.conversations.get("strict-talk")!.people.keys()].sort()).toEqual(["ann", "bob"]);
  expect(state.accounts.size).toBe(0);
});

test("answers: of the conversation and standing, of the service and of all, never of another account or talk", async () => {
  await tell.account("gamma");
  await tell.account("other");
  for (const talk of ["g1", "g2"]) await tell.conversation(talk, "gamma");
  await tell.conversation("o1", "other");
  await tell.answer("gamma", "g1", "pat", "accepted", { id: "yes", at: 5 });
  await tell.answer("gamma", "g1", "pat", "objected", { id: "here-all", service: "", at: 3 });
  await tell.answer("gamma", "", "pat", "objected", { id: "standing", at: 4 });
  await tell.answer("gamma", "", "pat", "objection_withdrawn", { at: 6 });
  await tell.answer("gamma", "g1", "pat", "objected", { id: "for-t", service: "t", at: 7 });
  await tell.answer("gamma", "g2", "pat", "objected", { id: "elsewhere", at: 7 });
  await tell.answer("other", "", "pat", "objected", { id: "other-account", at: 7 });
  await tell.answer("gamma", "g1", "quin", "accepted", { id: "quin-yes", at: 5 });
  await tell.answer("gamma", "", "quin", "objected", { id: "quin-no", service: "", at: 5 });
  await tell.answer("gamma", "", "quin", "objection_withdrawn", { service: "", at: 6 });

  const { state } = await lookup({
    people: [
      ["g1", "pat"],
      ["g1", "quin"],
      ["o1", "pat"],
    ],
  });
  const pat = state.conversations.get("g1")!.people.get("pat")!;
  expect(pat.objections).toEqual([
    { id: "here-all", service: null, from: 3, to: null },
    { id: "standing", service: "s", from: 4, to: 6 },
  ]);
  expect(pat.acceptances.get("s")).toEqual({ id: "yes", noticeVersion: "v1", since: 5 });
  const quin = state.conversations.get("g1")!.people.get("quin")!;
  expect(quin.objections).toEqual([{ id: "quin-no", service: null, from: 5, to: 6 }]);
  expect(quin.acceptances.size).toBe(0);
  expect(
    state.conversations
      .get("o1")!
      .people.get("pat")!
      .objections.map((one) => one.id),
  ).toEqual(["other-account"]);
});

test("a key that is revoked, or that nobody knows, is revoked", async () => {
  expect((await lookup({}, ["s"], false, "revoked")).keyRevoked).toBe(true);
  expect((await lookup({}, ["s"], false, "unknown")).keyRevoked).toBe(true);
  expect((await lookup({}, ["s"], false, "KEY-1")).keyRevoked).toBe(true);
  expect(await createConsentReader(databases.consent).revokedKeys()).toEqual(
    new Map([["revoked", expect.any(Number)]]),
  );
});

test("ids are compared byte for byte, and odd ones find nothing", async () => {
  await tell.account("Zoom+/=id");
  const odd = [
    "zoom+/=id",
    "Zoom+/=id ",
    "Zoom+/=id\u0000",
    "\ud800",
    "",
    "'; drop table accounts; --",
    '"]}',
  ];
  const { state } = await lookup({
    accounts: odd,
    conversations: odd,
    people: odd.map((id) => [id, id] as const),
    whole: odd,
  });
  expect(state.accounts.size + state.conversations.size).toBe(0);
  expect((await lookup({ accounts: ["Zoom+/=id"] })).state.accounts.size).toBe(1);
});

test("many keys come whole, however long, in one query", async () => {
  const long = (name: string, index: number) => `${name}${String(index).padStart(250, '"')}`;
  const count = 600;
  const orm = databases.consent;
  const ids = JSON.stringify(Array.from({ length: count }, (_, index) => long("a", index)));
  await orm
    .prepare(`insert into accounts select value, '[]', 'speaker', 1, 1 from json_each(?)`)
    .bind(ids)
    .run();
  await orm
    .prepare(
      `insert into consents (id, account_id, conversation_id, service, answer, person, role, at, notice_version, covers, recorded_by)
       select value, value, '', 's', 'given', value, 'owner', 1, value, '{"chat":1}', 'test' from json_each(?)`,
    )
    .bind(ids)
    .run();
  const calls: string[] = [];
  const reader = createConsentReader(counted(databases.consent, calls));
  const accounts = JSON.parse(ids) as string[];
  const { state } = await reader.lookup(
    { accounts, conversations: [], people: [], whole: [] },
    ["s"],
    KEY,
    true,
  );
  expect(state.accounts.size).toBe(count);
  expect([...state.accounts.values()].every((account) => account.consents.has("s"))).toBe(true);
  expect(calls).toEqual(["withSession first-primary", "prepare", "raw"]);
});

/** Notes each call that prepares or runs a statement. */
function counted<T extends object>(target: T, calls: string[]): T {
  const noted = new Set(["withSession", "prepare", "batch", "exec", "run", "all", "raw", "first", "dump"]);
  return new Proxy(target, {
    get(of, name) {
      const member: unknown = Reflect.get(of, name);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        const session = name === "withSession";
        if (noted.has(String(name))) calls.push(session ? `withSession ${given[0]}` : String(name));
        const made: unknown = member.apply(of, given);
        const goesOn = session || name === "prepare" || name === "bind";
        return goesOn && typeof made === "object" && made !== null ? counted(made, calls) : made;
      };
    },
  });
}
