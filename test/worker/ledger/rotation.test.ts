/** Keys rotate: each change is an entry that says the new file of keys, and whatever an old key signed stays good by it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportEntries } from "../../../src/control/ledger-export.ts";
import { openCheckpoint } from "../../../src/ledger/checkpoint.ts";
import type { KeysChanged } from "../../../src/ledger/entries.ts";
import { exportLines } from "../../../src/ledger/export-write.ts";
import { parseKeyFile } from "../../../src/ledger/key-file.ts";
import type { SignerKey } from "../../../src/ledger/note-keys.ts";
import { verifyFiles } from "../../../src/ledger/verify-files.ts";
import { createArchive } from "../../../src/store/archive-store.ts";
import { createLedgerReader } from "../../../src/store/ledger-reader.ts";
import { type KeyPair, keyPair } from "../../unit/ledger/keys.ts";
import { type Ledger, openLedger, whole } from "./fixture.ts";

let ledger: Ledger;
let [old, next, last] = [] as unknown as [KeyPair, KeyPair, KeyPair];
let kept = "";
beforeAll(async () => {
  ledger = await openLedger();
  [old, next, last] = [await keyPair(1), await keyPair(2), await keyPair(3)];
});
afterAll(() => ledger.databases.close());

let exchanges = 0;
async function write(...signers: SignerKey[]) {
  exchanges += 1;
  await ledger.intake.append(whole(`x_${exchanges}`));
  return (await ledger.run({ signers })).head!;
}
const said = async () =>
  (await ledger.store.stream("keys")).map(({ body }) => (JSON.parse(body) as KeysChanged).keys);

/** As a stranger would with the file the last entry gives. */
async function verified(signer: SignerKey, checkpoints: readonly string[]) {
  const head = (await ledger.store.head())!;
  const reader = createLedgerReader(
    ledger.databases.evidence,
    ledger.store,
    createArchive(ledger.databases.archive),
  );
  const source = { checkpoint: head.note, readTile: ledger.store.readTile };
  const entries = exportEntries(reader, head.size, null);
  const chunks: Uint8Array[] = [];
  for await (const line of exportLines({ ...source, entries, scope: "whole", exportedAt: 1, keys: [signer] }))
    chunks.push(new TextEncoder().encode(line));
  return verifyFiles({
    key: { name: "operator.pub", text: (await said()).at(-1)!.join("\n") },
    checkpoints: checkpoints.map((text, i) => ({ name: `kept-${i}`, text })),
    receipts: [],
    exported: {
      name: "export.ndjson",
      chunks: (async function* () {
        yield* chunks;
      })(),
    },
  });
}

test("one key from the beginning needs no entry", async () => {
  kept = (await write(old.signer)).note;
  await write(old.signer);
  expect(await said()).toEqual([]);
});

test("two that sign are on record, and then the one that signs no more as retired where it was last used", async () => {
  const both = await write(old.signer, next.signer);
  expect(await said()).toEqual([[old.line, next.line]]);
  await write(old.signer, next.signer);
  const retiredAt = (await ledger.store.head())!.size;
  await write(next.signer);
  await write(next.signer);
  expect((await said()).at(-1)).toEqual([`${old.line} until=${retiredAt}`, next.line]);
  expect(await said()).toHaveLength(2);
  expect(await verified(next.signer, [kept, both.note])).toMatchObject({ ok: true });
});

test("a key that was retired signs no longer log", async () => {
  const head = (await ledger.store.head())!;
  const { note } = await write(old.signer);
  const file = await parseKeyFile([`${old.line} until=${head.size}`, next.line].join("\n"));
  if (!file.ok) throw new Error("no file");
  expect(await openCheckpoint(note, file.keys)).toEqual({ ok: false, fault: "retired_key" });
});

test("a key that is replaced at once is on record too, and one that comes back is in use again", async () => {
  await write(last.signer);
  const size = (await ledger.store.head())!.size;
  expect((await said()).at(-1)!.at(-1)).toBe(last.line);
  await write(next.signer);
  const lines = (await said()).at(-1)!;
  expect(lines).toContain(`${last.line} until=${size}`);
  expect(lines.at(-1)).toBe(next.line);
  expect(lines.filter((line) => line.startsWith(next.line))).toHaveLength(1);
  expect(await verified(next.signer, [kept])).toMatchObject({ ok: true });
});

test("a log whose first key is replaced before any entry spoke of it says so", async () => {
  const fresh = await openLedger();
  try {
    await fresh.intake.append(whole("x_1"));
    await fresh.run({ signers: [old.signer] });
    await fresh.run({ signers: [next.signer] });
    const [entry] = await fresh.store.stream("keys");
    expect(JSON.parse(entry!.body).keys).toEqual([next.line]);
  } finally {
    await fresh.databases.close();
  }
});
