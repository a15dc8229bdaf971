import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConsentReader } from "../../../src/consent/port.ts";
import { createConsentReader } from "../../../src/store/consent-reader.ts";
import { createEvidenceStore } from "../../../src/store/evidence-store.ts";
import { StoreUnavailable } from "../../../src/store/unavailable.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";

const MARKER = "SECRET-7f3a";
const OPENED = {
  type: "opened",
  exchange: MARKER,
  position: 0,
  at: 1,
  route: MARKER,
  purpose: MARKER,
  producer: MARKER,
  key_id: MARKER,
  config_digest: MARKER,
} as const;

let databases: Databases;

beforeAll(async () => {
  databases = await openDatabases();
});

afterAll(() => databases.close());

const ask = (reader: ConsentReader) =>
  reader.lookup(
    { accounts: [MARKER], conversations: [MARKER], people: [[MARKER, MARKER]], whole: [MARKER] },
    [MARKER],
    MARKER,
    false,
  );

async function failureOf(attempt: Promise<unknown>): Promise<StoreUnavailable> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreUnavailable)) throw new Error("it should have been a StoreUnavailable");
  const everything = `${inspect(error, { depth: 9, showHidden: true })}${error.stack}${JSON.stringify(error)}`;
  expect(everything).not.toContain(MARKER);
  expect(error.message).not.toMatch(/select|insert|json_each/i);
  expect(error.cause).toBeUndefined();
  return error;
}

test("an unmigrated database says so, and which command migrates it", async () => {
  const reader = createConsentReader(databases.empty);
  const store = createEvidenceStore(databases.empty);
  for (const attempt of [
    () => ask(reader),
    () => reader.revokedKeys(),
    () => store.append([OPENED]),
    () => store.entries(MARKER),
    () => store.recent(1),
  ]) {
    const error = await failureOf(attempt());
    expect(error.fault).toBe("unmigrated");
    expect(error.message).toMatch(
      /^The (consent|evidence) database is not migrated: run `npm run migrate`.*\.$/,
    );
  }
});

test.each([
  ["D1_ERROR: Network connection lost.", "interrupted"],
  ["D1_ERROR: D1 DB is overloaded. Requests queued for too long.", "overloaded"],
  [`D1_ERROR: near "${MARKER}": syntax error`, "failed"],
  [`no such table: ${MARKER}`, "unmigrated"],
])("%s", async (message, fault) => {
  const broken = failing(databases.consent, message);
  expect((await failureOf(ask(createConsentReader(broken)))).fault).toBe(fault);
  expect((await failureOf(createConsentReader(broken).revokedKeys())).fault).toBe(fault);
  expect((await failureOf(createEvidenceStore(broken).append([OPENED]))).fault).toBe(fault);
});

test("a refused entry, and a row that cannot be read", async () => {
  const store = createEvidenceStore(databases.evidence);
  await store.append([OPENED]);
  expect((await failureOf(store.append([{ ...OPENED, at: 2 }]))).fault).toBe("refused");

  const garbled = answering(databases.consent, [[`["account","${MARKER}","${MARKER}`]]);
  expect((await failureOf(ask(createConsentReader(garbled)))).fault).toBe("unreadable");
});

/** A database of which every statement fails. */
function failing(db: D1Database, message: string): D1Database {
  return altered(db, async () => {
    throw new Error(message);
  });
}

function answering(db: D1Database, rows: unknown[][]): D1Database {
  return altered(db, async () => rows);
}

function altered<T extends object>(target: T, run: () => Promise<unknown>): T {
  return new Proxy(target, {
    get(of, name) {
      if (["run", "all", "raw", "first", "batch"].includes(String(name))) return run;
      const member: unknown = Reflect.get(of, name);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => altered(member.apply(of, given) as object, run);
    },
  });
}
