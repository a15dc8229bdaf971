/** A key whose end was set ahead ends then for service data too, even while the database is away. */
import { expect, test } from "vitest";
import type { ConsentReader } from "../../../src/consent/port.ts";
import { Revocations } from "../../../src/gate/revocations.ts";

test("a revocation set ahead takes effect at its instant, from the list that was read before", async () => {
  let away = false;
  const reader: Pick<ConsentReader, "revokedKeys"> = {
    revokedKeys: async () => {
      if (away) throw new Error("away");
      return new Map([["old", 50_000]]);
    },
  };
  const revocations = new Revocations(reader as ConsentReader);
  const work: Promise<unknown>[] = [];
  const has = (now: number) => revocations.has("old", now, (deferred) => work.push(deferred.catch(() => {})));
  expect(await has(0)).toBe(false);
  await Promise.all(work);
  away = true;
  expect(await has(49_999)).toBe(false);
  expect(await has(50_000)).toBe(true);
  expect(await has(500_000)).toBe(true);
});
