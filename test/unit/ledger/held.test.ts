/** What a verifier already holds: checkpoints and promised leaves of another day show a log that was rolled back or forked. */
import { expect, test } from "vitest";
import type { Checkpoint } from "../../../src/ledger/checkpoint.ts";
import { openCheckpoint } from "../../../src/ledger/checkpoint.ts";
import type { HeldCheckpoint, HeldLeaf } from "../../../src/ledger/held.ts";
import { hashOfLeaf } from "../../../src/ledger/leaf.ts";
import { keyPair } from "./keys.ts";
import { found, SampleLog, sampleLog } from "./sample-log.ts";

async function held(sample: SampleLog, size: number): Promise<HeldCheckpoint> {
  const opened = await openCheckpoint(await sample.checkpoint(size), [sample.key.trusted]);
  if (!opened.ok) throw new Error(opened.fault);
  return { name: `checkpoint-${size}`, checkpoint: opened.checkpoint };
}

/** The same log up to `same` entries, another history after that. */
async function fork(same: number, size: number): Promise<SampleLog> {
  const forked = await sampleLog(same);
  forked.add({ kind: "keys_changed", body: { at: 0, keys: [] } });
  forked.grow(size - same - 1);
  return forked;
}

test("a checkpoint of an earlier day is the beginning of the log, at every size", async () => {
  const sample = await sampleLog(40);
  const whole = (await sample.export()).join("");
  const picked = [3, 4, 20];
  for (let size = 0; size <= 40; size++) {
    const checkpoints = [await held(sample, size), await held(sample, Math.floor(size / 2))];
    expect(await found(whole, { checkpoints }), `whole, ${size}`).toBe("ok");
    const since = checkpoints.map(({ checkpoint }) => checkpoint.size);
    const part = (await sample.export({ match: {} }, picked, since)).join("");
    expect(await found(part, { checkpoints }), `part, ${size}`).toBe("ok");
  }
});

test("a fork is found, whole or in part, by any checkpoint after it", async () => {
  const mine = await sampleLog(30);
  const theirs = await fork(12, 35);
  const whole = (await theirs.export()).join("");
  for (let size = 0; size <= 30; size++) {
    const checkpoints = [await held(mine, size)];
    const expected = size <= 12 ? "ok" : "forked null";
    expect(await found(whole, { checkpoints }), `whole, ${size}`).toBe(expected);
    const part = (await theirs.export({ match: {} }, [1, 30], [size])).join("");
    expect(await found(part, { checkpoints }), `part, ${size}`).toBe(expected);
  }
  const same = (await (await fork(12, 30)).export()).join("");
  expect(await found(same, { checkpoints: [await held(mine, 30)] })).toBe("forked null");
});

test("a log that is shorter than a checkpoint at hand was rolled back", async () => {
  const before = await sampleLog(30);
  const restored = await sampleLog(21);
  const text = (await restored.export()).join("");
  expect(await found(text, { checkpoints: [await held(before, 30)] })).toBe("rolled_back 21");
  expect(await found(text, { checkpoints: [await held(before, 21), await held(before, 22)] })).toBe(
    "rolled_back 21",
  );
});

test("a part of a log without a proof from the checkpoint at hand says nothing of it", async () => {
  const sample = await sampleLog(30);
  const checkpoints = [await held(sample, 17)];
  const part = await sample.export({ match: {} }, [1, 30 - 1], [16]);
  expect(await found(part.join(""), { checkpoints })).toBe("unconnected null");
  // A proof that was changed after the export was signed is no sign of a fork.
  const proven = await sample.export({ match: {} }, [1, 29], [17]);
  const header = JSON.parse(proven[0]!);
  header.consistency[0].proof.pop();
  const changed = [`${JSON.stringify(header)}\n`, ...proven.slice(1)].join("");
  expect(await found(changed, { checkpoints })).toBe("changed null");
});

test("a checkpoint of another log is not held against this one", async () => {
  const sample = await sampleLog(5);
  const other: Checkpoint = { origin: "other.example", size: 3, root: new Uint8Array(32) };
  const text = (await sample.export()).join("");
  expect(await found(text, { checkpoints: [{ name: "other", checkpoint: other }] })).toBe("another_log null");
});

test("promised leaves: at their position, or anywhere", async () => {
  const sample = await sampleLog(20);
  const text = (await sample.export()).join("");
  const leaf = (of: number, position: number | null): HeldLeaf => ({
    name: "receipt",
    hash: hashOfLeaf(sample.leaves[of]!),
    position,
  });
  expect(await found(text, { leaves: [leaf(8, 8), leaf(9, null), leaf(8, null)] })).toBe("ok");
  expect(await found(text, { leaves: [leaf(8, 9)] })).toBe("forked 9");
  const absent = { name: "receipt", hash: new Uint8Array(32).fill(9), position: null };
  expect(await found(text, { leaves: [absent] })).toBe("lost null");
});

test("keys: unknown, wrong, retired, and two that rotate", async () => {
  const [old, next] = [await keyPair(1), await keyPair(2)];
  const sample = await sampleLog(10);
  const text = (await sample.export()).join("");
  expect(await found(text, { keys: [old.trusted] })).toBe("ok");
  expect(await found(text, { keys: [{ ...old.trusted, sizeMax: 10 }] })).toBe("ok");
  expect(await found(text, { keys: [{ ...old.trusted, sizeMax: 9 }] })).toBe("untrusted null");
  expect(await found(text, { keys: [next.trusted] })).toBe("untrusted null");
  expect(await found(text, { keys: [] })).toBe("untrusted null");
  const rotated = new SampleLog(next);
  rotated.grow(10);
  const after = (await rotated.export()).join("");
  expect(await found(after, { keys: [{ ...old.trusted, sizeMax: 9 }, next.trusted] })).toBe("ok");
  expect(await found(after, { keys: [old.trusted] })).toBe("untrusted null");
});
