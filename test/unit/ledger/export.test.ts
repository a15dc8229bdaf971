/** An export: what was exported verifies, and whatever is done to it is found and named. */
import { expect, test } from "vitest";
import { toBase64 } from "../../../src/base/base64.ts";
import { canonicalJson } from "../../../src/base/canonical-json.ts";
import { endLine, readEnd } from "../../../src/ledger/export-format.ts";
import { hashOfLeaf } from "../../../src/ledger/leaf.ts";
import { changesOf } from "./changes.ts";
import { found, type SampleLog, sampleLog, verify } from "./sample-log.ts";

const SIZE = 16;
const whole = await sampleLog(SIZE - 1);
whole.retain(3, 4);
const lines = await whole.export();
const PICKED = [2, 3, 7, 8, 9, 13];
const partial = await whole.export({ match: { account: "acme" } }, PICKED);

const edited = (source: readonly string[], at: number, line: string) =>
  source.toSpliced(at, 1, line).join("");
/** The position of a line of the whole export; null: header or end. */
const positionOf = (at: number) => (at === 0 || at === lines.length - 1 ? null : at - 1);

test("an export verifies, whole, in part and empty", async () => {
  expect(await verify(lines.join(""))).toMatchObject({
    ok: true,
    summary: { size: SIZE, entries: SIZE, withheld: 2, scope: "whole", kinds: { exchange: 8, retention: 1 } },
  });
  expect(await verify(partial.join(""))).toMatchObject({ ok: true, summary: { entries: 6, withheld: 1 } });
  const middle = await whole.export({ positions: [5, 9] }, [5, 6, 7, 8, 9]);
  expect(await verify(middle.join(""))).toMatchObject({ ok: true, summary: { entries: 5 } });
  expect(await found((await whole.export({ match: {} }, [])).join(""))).toBe("ok");
  expect(await found((await (await sampleLog(0)).export()).join(""))).toBe("ok");
});

test("whole exports of every size up to 70 verify, with about one hash an entry", async () => {
  const sample = await sampleLog(0);
  for (let size = 0; size <= 70; size++) {
    const exported = await sample.export();
    expect(await found(exported.join("")), `size ${size}`).toBe("ok");
    const hashes = exported.slice(1, -1).flatMap((line) => JSON.parse(line).proof);
    expect(hashes.length).toBe(Math.max(0, size - 1));
    sample.grow(1);
  }
});

test("every single-field edit of a whole export is caught, at its position", async () => {
  for (const [at, line] of lines.entries()) {
    for (const change of changesOf(JSON.parse(line))) {
      const text = edited(lines, at, `${canonicalJson(change.value)}\n`);
      const verdict = await verify(text);
      const label = `line ${at + 1}: ${change.name}`;
      expect(verdict.ok, label).toBe(false);
      if (verdict.ok) continue;
      const position = positionOf(at);
      expect([verdict.finding.position, verdict.finding.line], label).toEqual(
        position === null
          ? [expect.toSatisfy(nullOr(SIZE)), expect.toSatisfy(nullOr(at + 1))]
          : [position, at + 1],
      );
      if (position !== null) expect(["changed", "added"], label).toContain(verdict.finding.code);
    }
  }
});

test("every single-field edit of a partial export is caught, in its line", async () => {
  for (const [at, line] of partial.entries()) {
    for (const change of changesOf(JSON.parse(line))) {
      const verdict = await verify(edited(partial, at, `${canonicalJson(change.value)}\n`));
      const label = `line ${at + 1}: ${change.name}`;
      expect(verdict.ok, label).toBe(false);
      if (verdict.ok || at === 0 || at === partial.length - 1) continue;
      expect(verdict.finding.line, label).toBe(at + 1);
    }
  }
});

test("an entry edited by someone who also makes its hash fit is named all the same", async () => {
  for (let position = 0; position < SIZE; position++) {
    const line = JSON.parse(lines[position + 1]!);
    if (line.withheld !== undefined) continue;
    const body = { ...line.body, at: 1 };
    const leaf = toBase64(hashOfLeaf({ kind: line.kind, id: line.id, salt: line.salt, body }));
    const text = edited(lines, position + 1, `${canonicalJson({ ...line, body, leaf })}\n`);
    expect(await found(text)).toBe(`changed ${position}`);
  }
});

test("a body taken out as if by retention is missed by the ledger", async () => {
  const { body, id, kind, salt, ...rest } = JSON.parse(lines[7]!);
  expect([body, id, kind, salt].every((part) => part !== undefined)).toBe(true);
  // Whoever does this has no key: the end no longer fits.
  expect(await found(edited(lines, 7, `${canonicalJson({ ...rest, withheld: "retention" })}\n`))).toBe(
    "changed null",
  );
  // The operator, who has the key, is found out by the ledger itself.
  const other = await sampleLog(SIZE - 1);
  other.retain(3, 4);
  other.withheld.add(6);
  expect(await found((await other.export()).join(""))).toBe("unrecorded 6");
});

test("every line left out is missed", async () => {
  for (const at of lines.keys()) {
    const expected =
      at === 0 ? "unreadable null" : at === lines.length - 1 ? "truncated null" : `lost ${at - 1}`;
    expect(await found(lines.toSpliced(at, 1).join("")), `line ${at + 1}`).toBe(expected);
  }
  for (const at of partial.keys()) {
    const verdict = await found(partial.toSpliced(at, 1).join(""));
    const expected =
      at === 0
        ? "unreadable null"
        : at === partial.length - 1
          ? "truncated 14"
          : `lost ${at === 6 ? 10 : PICKED[at - 1]}`;
    expect(verdict, `partial, line ${at + 1}`).toBe(expected);
  }
});

test("every line put in again, anywhere, is too much", async () => {
  for (const [from, line] of lines.entries()) {
    for (let at = 1; at <= lines.length; at++) {
      const verdict = await verify(lines.toSpliced(at, 0, line).join(""));
      const label = `line ${from + 1} again before line ${at + 1}`;
      expect(verdict.ok, label).toBe(false);
      if (verdict.ok) continue;
      const position = positionOf(from);
      const early = position !== null && at < from;
      if (from === lines.length - 1 && at < lines.length - 1)
        expect(verdict.finding.code, label).toMatch(/^(lost|changed)$/);
      else if (early) expect(verdict.finding.code, label).toMatch(/^(lost|reordered)$/);
      else expect(verdict.finding.code, label).toBe("added");
    }
  }
});

test("an invented entry is not of the log, wherever it stands", async () => {
  const invented = JSON.parse(lines[6]!);
  for (let at = 1; at < lines.length; at++) {
    const position = at - 1;
    const body = { ...invented.body, at: 2 };
    const leaf = toBase64(hashOfLeaf({ kind: invented.kind, id: "made", salt: invented.salt, body }));
    const line = `${canonicalJson({ ...invented, position, body, id: "made", leaf })}\n`;
    const expected = position < SIZE ? `added ${position}` : `added ${SIZE}`;
    expect(await found(lines.toSpliced(at, 0, line).join("")), `before line ${at + 1}`).toBe(expected);
  }
});

test("every two lines that changed places are found", async () => {
  for (let a = 0; a < lines.length; a++) {
    for (let b = a + 1; b < lines.length; b++) {
      const swapped = lines.with(a, lines[b]!).with(b, lines[a]!);
      const verdict = await found(swapped.join(""));
      const label = `lines ${a + 1} and ${b + 1}`;
      if (a === 0) expect(verdict, label).toBe("unreadable null");
      else if (b === lines.length - 1) expect(verdict, label).toBe(`lost ${a - 1}`);
      else expect(verdict, label).toBe(`reordered ${a - 1}`);
    }
  }
  for (let a = 1; a < partial.length - 1; a++) {
    for (let b = a + 1; b < partial.length - 1; b++) {
      const swapped = partial.with(a, partial[b]!).with(b, partial[a]!);
      expect(await found(swapped.join("")), `partial, lines ${a + 1} and ${b + 1}`).toMatch(
        /^(reordered|changed|lost) /,
      );
    }
  }
});

test("every truncation is found, to the byte", async () => {
  const small = await sampleLog(2);
  const bytes = new TextEncoder().encode((await small.export()).join(""));
  const ends = [...bytes.keys()].filter((at) => bytes[at] === 10);
  for (let length = 0; length < bytes.length; length++) {
    const verdict = await found(bytes.slice(0, length));
    const read = ends.filter((end) => end < length).length;
    const expected =
      length === 0 ? "unreadable null" : `truncated ${read === 0 ? 0 : read - 1 < 2 ? read - 1 : null}`;
    expect(verdict, `${length} bytes`).toBe(expected);
  }
});

test("every byte that is another is found", async () => {
  const small = await sampleLog(2);
  const bytes = new TextEncoder().encode((await small.export()).join(""));
  for (const at of bytes.keys()) {
    expect(await found(bytes.with(at, bytes[at]! ^ 1)), `byte ${at}`).not.toBe("ok");
    expect(await found(bytes.with(at, bytes[at]! ^ 0x80)), `byte ${at}`).not.toBe("ok");
  }
});

test("what is after the end, between lines or too deep is found", async () => {
  const text = lines.join("");
  expect(await found(`${text}\n`)).toBe("added null");
  expect(await found(`${text}x`)).toBe("added null");
  expect(await found(text.replace("\n", "\n\n"))).toBe("added 0");
  expect(await found(`\ufeff${text}`)).toBe("unreadable null");
  expect(await found("")).toBe("unreadable null");
  expect(await found("[]\n")).toBe("unreadable null");
  const deep = `{"body":${"[".repeat(100_000)}${"]".repeat(100_000)},"position":0}\n`;
  expect(await found(lines.toSpliced(1, 1, deep).join(""))).toBe("changed 0");
});

test("an end, header or entry of another export of the same log does not fit", async () => {
  const more = await longer(whole, 5);
  const later = await more.export();
  expect(await found([...lines.slice(0, -1), later.at(-1)!].join(""))).toBe("changed null");
  expect(await found([later[0]!, ...lines.slice(1)].join(""))).not.toBe("ok");
  expect(await found([lines[0]!, ...later.slice(1)].join(""))).not.toBe("ok");
  const again = endLine(readEnd(partial.at(-1)!.trimEnd())!);
  expect(await found([...lines.slice(0, -1), `${again}\n`].join(""))).toBe("added null");
});

/** The same log, grown. */
async function longer(sample: SampleLog, by: number): Promise<SampleLog> {
  const grown = await sampleLog(SIZE - 1);
  grown.retain(3, 4);
  expect(toBase64(grown.root)).toBe(toBase64(sample.root));
  grown.grow(by);
  return grown;
}

function nullOr(allowed: number): (value: unknown) => boolean {
  return (value) => value === null || value === allowed || value === 1;
}
