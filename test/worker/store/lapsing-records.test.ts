/** What is read to know whom to ask again: in slices that end, by indexes, and the answer that counts alone. */
import { drizzle } from "drizzle-orm/d1";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Place } from "../../../src/consent/writer.ts";
import { lapsingRecords } from "../../../src/store/lapsing-records.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";
import { teller } from "./told.ts";

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases();
  const tell = teller(databases.consent);
  for (const account of ["a", "b", "c", "d", "e"]) {
    await tell.account(account);
    await tell.conversation(`${account}-talk`, account);
    await tell.consent(account, "", "other");
    if (account !== "b") await tell.consent(account, "", "s");
  }
  // The later one counts, whichever was recorded first.
  await tell.consent("c", "", "s", { at: 5, noticeVersion: "v2" });
  await tell.consent("d", "", "s", { at: 0, noticeVersion: "v2" });
  await tell.consent("e", "e-talk", "s");
  await tell.presence("e-talk", "host", { host: 1 });
  await tell.presence("e-talk", "host", { host: 1, joinedAt: 3 });
  await tell.presence("e-talk", "past", { host: 1, leftAt: 2 });
  await tell.presence("e-talk", "guest");
});
afterAll(() => databases.close());

async function walk(placesMax: number, account: string | null, limit: number): Promise<string[]> {
  const records = lapsingRecords(drizzle(databases.consent), placesMax);
  const found: string[] = [];
  let after: Place | null = null;
  for (let slices = 0; slices < 20; slices++) {
    const slice = await records.givenTo("s", ["v1"], { account, after, limit, at: 9 });
    expect(slice.answers.length).toBeLessThanOrEqual(limit);
    for (const { consent, hosts } of slice.answers) {
      found.push([consent.account, consent.conversation ?? "-", ...hosts].join(" "));
    }
    after = slice.next;
    if (after === null) return found;
  }
  throw new Error("it never ends");
}

test.each([
  [1, 1],
  [1, 5],
  [2, 1],
  [3, 2],
  [100, 1],
  [100, 100],
])("looking at %i places and listing %i at a time: the same", async (places, limit) => {
  expect(await walk(places, null, limit)).toEqual(["a -", "d -", "e -", "e e-talk host"]);
  expect(await walk(places, "e", limit)).toEqual(["e -", "e e-talk host"]);
  expect(await walk(places, "b", limit)).toEqual([]);
});

test("neither walks through a whole table", async () => {
  const asked: string[] = [];
  const listening = new Proxy(databases.consent, {
    get(db, name) {
      if (name !== "prepare") return Reflect.get(db, name);
      return (query: string) => {
        asked.push(query);
        return db.prepare(query);
      };
    },
  });
  const records = lapsingRecords(drizzle(listening));
  for (const account of ["e", null]) {
    const slice = { account, limit: 5, at: 9 };
    await records.givenTo("s", ["v1"], { ...slice, after: { account: "a", conversation: null } });
    await records.peoplePresent({ ...slice, after: { conversation: "a", person: "b" } });
  }
  const plans = await Promise.all(
    asked.map(async (query) => {
      const values = [...query.matchAll(/\?/g)].map(() => "1");
      const steps = databases.consent.prepare(`explain query plan ${query}`).bind(...values);
      return (await steps.all<{ detail: string }>()).results.map(({ detail }) => detail);
    }),
  );
  expect(plans.length).toBeGreaterThan(3);
  expect(
    plans.flat().filter((step) => /^SCAN (stay|talk|consent|latest|consents|presence)\b/.test(step)),
  ).toEqual([]);
});
