/** How times, tags and stamps may be written in a transcript, and how they may not. */
import { describe, expect, test } from "vitest";
import { readPlain } from "../../../../src/content/transcript/plain.ts";
import { readVtt } from "../../../../src/content/transcript/vtt.ts";

const TIMES = "00:01.000 --> 00:02.000";
const cue = (said: string, times = TIMES) => readVtt(`WEBVTT\n\n${times}\n${said}\n`)?.[1] ?? null;
const x = (count: number, one = "x") => one.repeat(count);

describe("the first line", () => {
  test.each(["WEBVTT", "WEBVTT ", "WEBVTT\tx", "WEBVTT - weekly"])("%j", (line) => {
    expect(readVtt(line)).toHaveLength(1);
  });
  test.each(["WEBVTT\nSECRET-7f3a", "WEBVTT \nKind: captions\n\n", "WEBVTT x"])(
    "and more is of the whole conversation: %j",
    (text) => {
      expect(readVtt(text)).toMatchObject([{ start: 0, end: text.length, speakers: null }]);
    },
  );
  test.each(["", "WEBVTTX", " WEBVTT", "xWEBVTT", "webvtt", "WEBVT", "\nWEBVTT"])("not %j", (line) => {
    expect(readVtt(line)).toBeNull();
  });
});

describe("times", () => {
  test.each<[string, number, number, string]>([
    [TIMES, 1_000, 2_000, TIMES],
    ["00:00.000 --> 00:00.000", 0, 0, "00:00.000 --> 00:00.000"],
    ["59:59.999 --> 01:00:00.000", 3_599_999, 3_600_000, "59:59.999 --> 01:00:00.000"],
    ["00:02:03.004 --> 1000:00:02.010", 123_004, 3_600_002_010, "00:02:03.004 --> 1000:00:02.010"],
    ["00:01.000\t -->  \t00:02.000", 1_000, 2_000, TIMES],
    ["00:01.000 --> 00:02.000 align:start x", 1_000, 2_000, TIMES],
    ["00:01.000 --> 00:02.000\t", 1_000, 2_000, TIMES],
  ])("%j", (times, from, to, left) => {
    expect(cue("Bo: hi", times)).toMatchObject({ from, to, stripped: `${left}\n\n`, speakers: ["Bo"] });
  });

  test.each([
    "0:01.000 --> 00:02.000",
    "1:00:01.000 --> 01:00:02.000",
    "00:00:01.000 --> 1:00:02.000",
    "10000:00:01.000 --> 10000:00:02.000",
    "60:00.000 --> 61:00.000",
    "00:60.000 --> 01:02.000",
    "00:01.000 --> 00:60.000",
    "00:01.00 --> 00:02.000",
    "00:01.0000 --> 00:02.000",
    "00:01.000 --> 00:02.0000",
    "00:01,000 --> 00:02,000",
    "00:01.000-->00:02.000",
    "00:01.000 -->00:02.000",
    "00:01.000--> 00:02.000",
    " 00:01.000 --> 00:02.000",
    "00:01.000 --> 00:02.000align:start",
    "x00:01.000 --> 00:02.000",
    "00:01.000 --> ",
    "--> 00:02.000",
    "00:02.000 --> 00:01.999",
    "01:00:00.000 --> 00:59.000",
  ])("not %j", (times) => {
    expect(cue("Bo: hi", times)).toBeNull();
  });
});

describe("tags that change nothing of who speaks", () => {
  test.each([
    ...["c", "i", "b", "u", "ruby", "rt", "lang"].flatMap((name) => [
      `<${name}>`,
      `</${name}>`,
      `<${name}.loud>`,
      `</${name}.a>`,
    ]),
    "<c.a.b.c.d.e.f.g.h>",
    `<c.${x(64)}>`,
    "<lang en-GB>",
    "<lang.a.b \t en1>",
    `<lang.a${x(64, " ")}${x(64)}>`,
    "<00:01.000>",
    "<59:59.999>",
    "<10:00:01.000>",
    "<1000:00:01.000>",
  ])("%s", (tag) => {
    expect(cue(`<v Bo>hi ${tag}there`)?.speakers).toEqual(["Bo"]);
    expect(cue(`Bo: hi ${tag}there`)?.speakers).toEqual(["Bo"]);
    expect(cue(`Bo: hi\n${tag}and there`)?.speakers).toEqual(["Bo"]);
  });

  test.each([
    "<>",
    "<",
    "<i",
    "< i>",
    "<i >",
    "<i/>",
    "<//i>",
    "<C>",
    "<x>",
    "<ic>",
    "<ib>",
    "<xi>",
    "<c.>",
    "<c. a>",
    "<c..a>",
    "<c.a&b>",
    "<c.a<b>",
    "<c a>",
    "<c.a.b.c.d.e.f.g.h.i>",
    `<c.${x(65)}>`,
    "<lang >",
    "<lang en GB>",
    "<lang en_GB>",
    "<langen>",
    "<lang.a.b.c.d.e.f.g.h.i>",
    `<lang.${x(65)}>`,
    `<lang ${x(65)}>`,
    `<lang${x(65, " ")}en>`,
    "<0:01.000>",
    "<1:00:01.000>",
    "<10000:00:01.000>",
    "<60:00.000>",
    "<00:60.000>",
    "<00:01.00>",
    "<00:01.0000>",
    "<00:01,000>",
  ])("not %s", (tag) => {
    expect(cue(`<v Bo>hi ${tag}there`)?.speakers).toEqual(["Bo", ""]);
    expect(cue(`Bo: hi ${tag}there`)?.speakers).toEqual(["Bo", ""]);
  });
});

describe("voices", () => {
  test.each<[string, readonly string[]]>([
    ["<v Bo>hi", ["Bo"]],
    ["<v\tBo>hi</v>", ["Bo"]],
    ["<v \t B  \t o >hi", ["B o"]],
    ["<v.loud Bo>hi", ["Bo"]],
    ["<v.a.b.c.d.e.f.g.h Bo>hi", ["Bo"]],
    [`<v.${x(64)} Bo>hi`, ["Bo"]],
    [`<v${x(64, " ")}Bo>hi`, ["Bo"]],
    [`<v ${x(256)}>hi`, [x(256)]],
    ["<v Bo>hi</v> \t\n <v Cy>hello</v>\n", ["Bo", "Cy"]],
    ["<v Bo>hi</v></v><v Bo>so</v>", ["Bo"]],
    ["<v Bo>hi</v><i> </i>", ["Bo"]],
    ["<v Bo>hi</v><i>so</i>", ["Bo", ""]],
    ["<i>so</i><v Bo>hi</v>", ["", "Bo"]],
    ["<v Bo><i>hi</v>so", ["Bo", ""]],
    ["</v><v Bo>hi", ["Bo"]],
    ["<v Bo>hi</v>\nso", ["Bo", ""]],
    ["<v Bo>hi</v>!", ["Bo", ""]],
  ])("%j", (said, speakers) => {
    expect(cue(said)?.speakers).toEqual(speakers);
  });

  test.each([
    "<v>hi",
    "<v >hi",
    "<v.Bo>hi",
    "<v. Bo>hi",
    "<v..a Bo>hi",
    "<v.a&b Bo>hi",
    "<v.a.b.c.d.e.f.g.h.i Bo>hi",
    `<v.${x(65)} Bo>hi`,
    `<v${x(65, " ")}Bo>hi`,
    `<v ${x(257)}>hi`,
    "<v B&o>hi",
    "<v &Bo>hi",
    "<v B<o>hi",
    "<v <Bo>hi",
    "<v Bo\nCy>hi",
    "<v \nBo>hi",
    "<v Bo",
  ])("not %j", (said) => {
    expect(cue(said)?.speakers).toEqual([""]);
    expect(cue(`<v Cy>so ${said}`)?.speakers).toEqual(["Cy", ""]);
  });

  test("a cue of no words is nobody's, and so is one whose words begin with nobody", () => {
    expect(readVtt(`WEBVTT\n\n${TIMES}\n`)?.[1]?.speakers).toEqual([""]);
    expect(cue("so it goes\nBo: hi")?.speakers).toEqual([""]);
    expect(cue("<i>Bo</i>: hi")?.speakers).toEqual(["<i>Bo</i>"]);
  });
});

describe("a plain line", () => {
  const speakers = (line: string) => readPlain(line)?.[0]?.speakers;
  test.each([
    "[00:10] ",
    "[00:10:20.123] ",
    "[1.2, :] ",
    `[${x(32, "1")}]\t`,
    "1:15 ",
    "10:15 ",
    "10:15:20 ",
    "10:15:20.1 ",
    "10:15,123 \t ",
    "",
  ])("begins with a time: %j", (stamp) => {
    expect(speakers(`${stamp}Bo: hi`)).toEqual(["Bo"]);
  });

  test.each([
    "[123] ",
    `[${x(33, "1")}] `,
    "[00:1a] ",
    "[00:10]",
    "00:10] ",
    "[00:10 ",
    "100:15 ",
    ":15 ",
    "10:1 ",
    "10:155 ",
    "10:15:2 ",
    "10:15:200 ",
    "10:15. ",
    "10:15.1234 ",
    "10:15;1 ",
    "10:15",
    " 10:15 ",
    "at 10:15 ",
  ])("begins with something else: %j", (stamp) => {
    expect(speakers(`${stamp}Bo: hi`)).toEqual([`${stamp.trimStart()}Bo`]);
  });

  test("is nobody's without a name, and no item without words", () => {
    expect(speakers("10:15 hi")).toEqual([""]);
    expect(readPlain(" \t\r\n\nBo: x")).toEqual([
      { start: 0, end: 4, stripped: "\r\n" },
      { start: 4, end: 5, stripped: "\n" },
      { start: 5, end: 10, speakers: ["Bo"] },
    ]);
    expect(readPlain("  ")).toEqual([{ start: 0, end: 2, stripped: "" }]);
    expect(readPlain("\n".repeat(200_001))).toBeNull();
  });
});
