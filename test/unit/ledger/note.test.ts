/** Notes, their keys and checkpoints: the published example, what is malformed, and keys that rotate. */
import { expect, test } from "vitest";
import { fromBase64, toBase64 } from "../../../src/base/base64.ts";
import { openCheckpoint, parseCheckpoint, signCheckpoint } from "../../../src/ledger/checkpoint.ts";
import { leafHash } from "../../../src/ledger/hashing.ts";
import { formatKeyFile, parseKeyFile } from "../../../src/ledger/key-file.ts";
import { openNote, parseNote, signNote } from "../../../src/ledger/note.ts";
import {
  formatSignerKey,
  formatVerifierKey,
  parseSignerKey,
  parseVerifierKey,
} from "../../../src/ledger/note-keys.ts";
import { keyPair, ORIGIN } from "./keys.ts";

/** The example of golang.org/x/mod/sumdb/note, which C2SP signed-note describes. */
const PUBLISHED = {
  verifier: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  signer: "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
};
const NOTE = `${PUBLISHED.text}\n${PUBLISHED.line}`;

test("the published note: signed to the byte, and verified", async () => {
  const signer = (await parseSignerKey(PUBLISHED.signer))!;
  const verifier = (await parseVerifierKey(PUBLISHED.verifier))!;
  expect(formatVerifierKey(signer)).toBe(PUBLISHED.verifier);
  expect(formatVerifierKey(verifier)).toBe(PUBLISHED.verifier);
  const seed = fromBase64(PUBLISHED.signer.split("+").slice(4).join("+"))!.subarray(1);
  expect(formatSignerKey("PeterNeumann", signer.publicKey, seed)).toBe(PUBLISHED.signer);
  expect(await signNote(PUBLISHED.text, [signer])).toBe(NOTE);
  expect(await openNote(NOTE, [verifier])).toMatchObject({ ok: true, text: PUBLISHED.text });
});

test("keys that are none", async () => {
  for (const key of [
    "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a3",
    "PeterNeumann+c74f20a3+!!!!",
    "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "",
  ]) {
    expect(await parseVerifierKey(key), key).toBeNull();
    expect(await parseSignerKey(`PRIVATE+KEY+${key}`), key).toBeNull();
  }
  expect(await parseSignerKey(PUBLISHED.signer.replace("c74f20a3", "c74f20a4"))).toBeNull();
  expect(await parseSignerKey(PUBLISHED.verifier)).toBeNull();
  expect(() => formatSignerKey("a b", new Uint8Array(32), new Uint8Array(32))).toThrow(RangeError);
});

test("notes that are none", async () => {
  const { line, text } = PUBLISHED;
  for (const note of [
    text,
    `${text}\n`,
    NOTE.trimEnd(),
    NOTE.replace("\u2014", "-"),
    `${text}\n\u2014 PeterNeumann\n`,
    `${text}\n\u2014 Peter+Neumann AAAAAAAA\n`,
    `${text}\n\u2014 PeterNeumann AAAA\n`,
    `${text}\n\u2014 PeterNeumann AAAAAAA=x\n`,
    `${text}\n${line.trimEnd()} more\n`,
    NOTE.replace("If", "I\tf"),
    NOTE.replace("If", "I\rf"),
    NOTE.replace("If", "\ud800"),
    `${text}\n${line.repeat(65)}`,
  ]) {
    expect(parseNote(note), JSON.stringify(note)).toBeNull();
  }
  expect(parseNote(`a\n\nb\n\n${line}`)?.text).toBe("a\n\nb\n");
  const { signer } = await keyPair(1);
  for (const bad of ["no newline", "\n", "", "a\tb\n"]) {
    await expect(signNote(bad, [signer])).rejects.toThrow(RangeError);
  }
});

test("who signed: unknown keys are passed over, a bad signature of a known one is not", async () => {
  const [a, b, c] = [await keyPair(1), await keyPair(2), await keyPair(3, "witness.example")];
  const note = await signNote("text\n", [a.signer, b.signer, c.signer]);
  const open = (keys: readonly { trusted: { verifier: typeof a.trusted.verifier } }[], text = note) =>
    openNote(
      text,
      keys.map(({ trusted }) => trusted.verifier),
    );
  expect(await open([a])).toMatchObject({ ok: true, signers: [{ id: a.signer.id }] });
  expect(await open([c, a])).toMatchObject({ ok: true, signers: [{ id: a.signer.id }, { id: c.signer.id }] });
  expect(await open([await keyPair(4)])).toEqual({ ok: false, fault: "unknown_key" });
  expect(await open([])).toEqual({ ok: false, fault: "unknown_key" });
  expect(await open([a], note.replace("text", "next"))).toEqual({ ok: false, fault: "bad_signature" });
  const forged = note.replace(
    /(\u2014 witness.example )(\S+)/,
    (_, name, encoded) =>
      `${name}${toBase64(fromBase64(encoded)!.map((byte, at) => (at === 20 ? byte ^ 1 : byte)))}`,
  );
  expect(await open([a, c], forged)).toEqual({ ok: false, fault: "bad_signature" });
  expect(await open([a], forged)).toMatchObject({ ok: true });
  expect(await open([a], "junk")).toEqual({ ok: false, fault: "malformed" });
});

const checkpoint = { origin: ORIGIN, size: 42, root: leafHash("root") };

test("a checkpoint is the text C2SP gives it", async () => {
  const published = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  expect(parseCheckpoint(published)).toMatchObject({ origin: "example.com/behind-the-sofa", size: 20852163 });
  const { signer, trusted } = await keyPair(1);
  const note = await signCheckpoint(checkpoint, [signer]);
  expect(note.startsWith(`${ORIGIN}\n42\n${toBase64(checkpoint.root)}\n\n\u2014 ${ORIGIN} `)).toBe(true);
  expect(await openCheckpoint(note, [trusted])).toMatchObject({ ok: true, checkpoint });
});

test("texts that are no checkpoint", () => {
  const root = toBase64(checkpoint.root);
  for (const text of [
    "",
    `${ORIGIN}\n42\n${root}`,
    `${ORIGIN}\n042\n${root}\n`,
    `${ORIGIN}\n-1\n${root}\n`,
    `${ORIGIN}\n9007199254740993\n${root}\n`,
    `${ORIGIN}\n42\n${root.slice(4)}\n`,
    `${ORIGIN}\n42\n${root}\nextension\n`,
    `\n42\n${root}\n`,
  ]) {
    expect(parseCheckpoint(text), JSON.stringify(text)).toBeNull();
  }
});

test("keys rotate: old checkpoints stay good, and a retired key signs nothing newer", async () => {
  const [old, next] = [await keyPair(1), await keyPair(2)];
  const before = await signCheckpoint(checkpoint, [old.signer]);
  const during = await signCheckpoint({ ...checkpoint, size: 50 }, [old.signer, next.signer]);
  const after = await signCheckpoint({ ...checkpoint, size: 60 }, [next.signer]);
  const stolen = await signCheckpoint({ ...checkpoint, size: 61 }, [old.signer]);
  const file = formatKeyFile([{ ...old.trusted, sizeMax: 50 }, next.trusted]);
  const read = await parseKeyFile(file);
  const keys = read.ok ? read.keys : [];
  for (const note of [before, during, after]) {
    expect(await openCheckpoint(note, keys)).toMatchObject({ ok: true });
  }
  expect(await openCheckpoint(stolen, keys)).toEqual({ ok: false, fault: "retired_key" });
  // Whoever holds only one of the keys can follow across the checkpoint that both signed.
  expect(await openCheckpoint(during, [old.trusted])).toMatchObject({ ok: true });
  expect(await openCheckpoint(during, [next.trusted])).toMatchObject({ ok: true });
  expect(await openCheckpoint(after, [old.trusted])).toEqual({ ok: false, fault: "unknown_key" });
});

test("a key of another name does not speak for this log", async () => {
  const other = await keyPair(1, "other.example");
  const note = await signCheckpoint(checkpoint, [other.signer]);
  expect(await openCheckpoint(note, [other.trusted])).toEqual({ ok: false, fault: "origin" });
  const text = await signNote("a\nb\n", [other.signer]);
  expect(await openCheckpoint(text, [other.trusted])).toEqual({ ok: false, fault: "malformed" });
});

test("the file of keys: comments, retired keys, and the line that is wrong", async () => {
  const { line } = await keyPair(1);
  expect(await parseKeyFile(`# old\r\n${line} until=7\r\n\r\n${line}\r\n`)).toMatchObject({
    ok: true,
    keys: [{ sizeMax: 7 }, { sizeMax: null }],
  });
  expect(await parseKeyFile("# none\n")).toEqual({ ok: false, line: 0 });
  for (const bad of ["key", `${line} until=x`, `${line} until=07`, `${line} until=7 more`, `${line} 7`]) {
    expect(await parseKeyFile(`${line}\n${bad}\n`), bad).toEqual({ ok: false, line: 2 });
  }
});
