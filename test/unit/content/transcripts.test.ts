/** Transcripts read and written: who speaks in each piece, and what is left when pieces go. */
import { describe, expect, test } from "vitest";
import { readAttribution } from "../../../src/content/attribution.ts";
import type { Document, Fate } from "../../../src/content/document.ts";
import { compileTranscript } from "../../../src/content/transcript/transcript.ts";

const BEGINS = Date.UTC(2026, 0, 1);
const HEADERS: Readonly<Record<string, string>> = {
  "tenfour-account": "acme",
  "tenfour-conversation": "m1",
  "tenfour-captured-at": "2026-01-01T00:00:00Z",
  "tenfour-names": "Ana+Lima=ana&Bo=bo&Cy=cy",
};

const read = (mediaType: string, text: string, headers = HEADERS, bytes = new TextEncoder().encode(text)) =>
  compileTranscript({ plain: true }).read(bytes, {
    mediaType,
    attribution: readAttribution((name) => headers[name] ?? null),
    signal: "none",
  });
const document = (mediaType: string, text: string, headers = HEADERS): Document => {
  const found = read(mediaType, text, headers);
  if ("fault" in found) throw new Error(found.fault);
  return found;
};
const speakers = ({ items }: Document) =>
  items.map((item) => item.items.map((one) => (one.type === "content" ? one.speaker : "?")));
const written = (found: Document, fates: readonly Fate[]) => {
  const bytes = found.write(fates);
  return bytes === null ? null : new TextDecoder().decode(bytes);
};

const VTT = `WEBVTT

1
00:00:05.790 --> 00:00:13.514 align:start
Ana Lima: we ship
and on Friday

guid-2
00:00:15.000 --> 00:00:18.000
<v Cy>not me</v>
`;

describe("WebVTT", () => {
  test.each<[string, string, (string | null)[]]>([
    ["a prefix", "Ana Lima: hi", ["ana"]],
    ["a prefix and a line that goes on", "Ana Lima: hi\nthere", ["ana"]],
    ["two prefixes", "Ana Lima: hi\nBo: hello", ["ana", "bo"]],
    ["nobody, then somebody", "hi\nBo: hello", [""]],
    ["a line that goes on at a time of day", "Ana Lima: we met at\n10:30, \u201cnoon\u201d", ["ana"]],
    ["a line that goes on within tags", "Ana Lima: we\n<i>met</i>", ["ana"]],
    ["a name without a space after it", "Ana Lima: hi\nBo:hello", ["ana", ""]],
    ["a name and a tab", "Ana Lima: hi\nBo:\thello", ["ana", ""]],
    ["a name and a wide colon", "Ana Lima: hi\nBo\uff1ahello", ["ana", ""]],
    ["a name that is too long for one", `Ana Lima: hi\n${"B".repeat(200)}: hello`, ["ana", ""]],
    ["a name in brackets", "Ana Lima: hi\n[Bo] hello", ["ana", ""]],
    ["a dash for the next to speak", "Ana Lima: hi\n- hello", ["ana", ""]],
    ["arrows for the next to speak", "Ana Lima: hi\n>> hello", ["ana", ""]],
    ["a dash within a tag", "Ana Lima: hi\n<i>- hello</i>", ["ana", ""]],
    ["a voice in capitals after a prefix", "Ana Lima: hi <V Bo>hello", ["ana", ""]],
    ["nobody", "hi", [""]],
    ["no words at all", "", [""]],
    ["an unknown name", "Eve: hi", [""]],
    ["something before a colon that is no name", "Ana Lima: the plan\nis: none", ["ana", ""]],
    ["a voice", "<v Ana Lima>hi</v>", ["ana"]],
    ["a voice that is never ended", "<v Bo>hi", ["bo"]],
    ["a voice with classes and spaces", "<v.loud.first \t Ana  Lima >hi</v>", ["ana"]],
    ["two voices", "<v Bo>hi</v> <v Cy>hello</v>", ["bo", "cy"]],
    ["a voice after another without an end", "<v Bo>hi <v Cy>hello", ["bo", "cy"]],
    ["words before a voice", "so <v Bo>hi</v>", ["", "bo"]],
    ["words after a voice", "<v Bo>hi</v> and", ["bo", ""]],
    ["other tags within a voice", "<v Bo><i>hi</i> <00:00:01.000><c.x>there</c></v>", ["bo"]],
    ["a tag nobody knows", "<v Bo>hi <x>there</x></v>", ["bo", ""]],
    ["a tag that does not end", "<v Bo>hi <i", ["bo", ""]],
    ["a voice without a name", "<v>hi</v>", [""]],
    ["a voice in capitals is none", "<V Bo>hi", [""]],
    ["a name with a reference in it", "<v B&amp;o>hi</v>", [""]],
    ["a prefix is no name where there is a voice", "<v Bo>Ana Lima: hi</v>", ["bo"]],
  ])("%s", (_, said, expected) => {
    const found = document("text/vtt", `WEBVTT\n\n00:01.000 --> 00:02.000\n${said}\n`);
    expect(speakers(found)).toEqual([expected]);
  });

  test.each([
    ["voices", (name: string) => `<v ${name}>hi</v>`, ""],
    ["prefixes", (name: string) => `${name}: hi`, "\n"],
  ])("of more %s than a hundred somebody is nobody", (_, said, between) => {
    const { "tenfour-names": names, ...headers } = HEADERS;
    const heard = (count: number) => {
      const cue = Array.from({ length: count }, (_, i) => said(`p${i}`)).join(between);
      return speakers(document("text/vtt", `WEBVTT\n\n00:01.000 --> 00:02.000\n${cue}\n`, headers))[0]!;
    };
    expect(heard(100)).toHaveLength(100);
    expect(heard(100)).not.toContain("");
    expect(heard(5_000)).toContain("");
    expect(heard(5_000).length).toBeLessThan(110);
  });

  test("a header that goes leaves what a transcript begins with", () => {
    const found = document("text/vtt", "WEBVTT secret\n\n00:01.000 --> 00:02.000\nBo: x\n");
    expect(written(found, ["gone", "whole"])).toBe("WEBVTT\n\n00:01.000 --> 00:02.000\nBo: x\n");
    expect(written(found, ["gone", "gone"])).toBeNull();
  });

  test("what is stripped keeps no spaces of its own", () => {
    const SPACED = "WEBVTT  \n\n\n\n00:01.000 \t\t --> \t 00:02.000 \t\nBo: x\n";
    const found = document("text/vtt", SPACED);
    expect(written(found, ["stripped"])).toBe("WEBVTT\n\n00:01.000 --> 00:02.000\n\n");
    expect(written(found, ["whole"])).toBe(SPACED);
  });

  test.each([
    ["text/vtt", "WEBVTT\n\n"],
    ["text/plain", ""],
  ])("refuses more lines of %s than may be held", (type, begins) => {
    expect(read(type, begins + "\n".repeat(200_001))).toEqual({ fault: "transcript_invalid", index: 0 });
  });

  test("refuses more to decide on than may be held", () => {
    const { "tenfour-names": _, ...headers } = HEADERS;
    const voices = Array.from({ length: 90 }, (_, i) => `<v p${i}>`).join("");
    const cue = `00:01.000 --> 00:02.000\n${voices}\n\n`;
    expect(read("text/vtt", `WEBVTT\n\n${cue.repeat(2_200)}`, headers)).not.toHaveProperty("fault");
    expect(read("text/vtt", `WEBVTT\n\n${cue.repeat(2_300)}`, headers)).toHaveProperty("fault");
  });

  test("each cue has its time after the beginning", () => {
    const times = document("text/vtt", VTT).items.map(({ items: [item] }) =>
      item?.type === "content" ? [item.capturedAt! - BEGINS, Number(item.capturedUntil) - BEGINS] : null,
    );
    expect(times).toEqual([
      [5_790, 13_514],
      [15_000, 18_000],
    ]);
  });

  test("hours, and times of no beginning", () => {
    const late = document("text/vtt", "WEBVTT\n\n100:00:01.500 --> 100:00:02.000\nBo: x\n", {
      ...HEADERS,
      "tenfour-captured-at": "?",
    });
    const [{ items }] = late.items as [(typeof late.items)[number]];
    expect(items[0]).toMatchObject({ capturedAt: null, capturedUntil: null });
    const timed = document("text/vtt", "WEBVTT\n\n100:00:01.500 --> 100:00:02.000\nBo: x\n");
    expect(timed.items[0]!.items[0]).toMatchObject({ capturedAt: BEGINS + 360_001_500 });
  });

  test("whole it is the bytes that came; less, the rest of them", () => {
    const found = document("text/vtt", VTT);
    expect(written(found, ["whole", "whole"])).toBe(VTT);
    expect(written(found, ["whole", "gone"])).toBe(VTT.slice(0, VTT.indexOf("guid-2")));
    expect(written(found, ["stripped", "whole"])).toBe(
      `WEBVTT\n\n00:00:05.790 --> 00:00:13.514\n\n${VTT.slice(VTT.indexOf("guid-2"))}`,
    );
    expect(written(found, ["gone", "gone"])).toBeNull();
  });

  test("what is no cue is of the whole conversation", () => {
    const text =
      "WEBVTT - weekly\nKind: captions\n\nNOTE secret\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.000\nBo: x\n";
    const found = document("text/vtt", text);
    expect(speakers(found)).toEqual([[null], [null], [null], ["bo"]]);
    expect(written(found, ["stripped", "gone", "gone", "whole"])).toBe(
      "WEBVTT\n\n00:01.000 --> 00:02.000\nBo: x\n",
    );
    expect(found.items.map(({ strippable }) => strippable)).toEqual([true, false, false, true]);
  });

  test.each<[string, string]>([
    ["nothing", ""],
    ["no header", "00:01.000 --> 00:02.000\nBo: x\n"],
    ["a header that only begins so", "WEBVTTX\n"],
    ["a header with a cue in it", "WEBVTT\n00:01.000 --> 00:02.000\nBo: x\n"],
    ["an arrow among words", "WEBVTT\n\n00:01.000 --> 00:02.000\nBo: x --> y\n"],
    ["two lines before the times", "WEBVTT\n\na\nb\n00:01.000 --> 00:02.000\nBo: x\n"],
    ["times that are none", "WEBVTT\n\n00:61.000 --> 00:02.000\nBo: x\n"],
    ["an end before the beginning", "WEBVTT\n\n00:03.000 --> 00:02.000\nBo: x\n"],
    ["a carriage return alone", "WEBVTT\n\n00:01.000 --> 00:02.000\nBo: x\rCy: y\n"],
    ["a line separator only some know", "WEBVTT\n\n00:01.000 --> 00:02.000\nBo: x\u2028Cy: y\n"],
    ["a form feed", "WEBVTT\n\n00:01.000 --> 00:02.000\nBo: x\fCy: y\n"],
    ["a byte order mark", "\ufeffWEBVTT\n"],
    ["a NUL", "WEBVTT\n\n00:01.000 --> 00:02.000\nBo: \0\n"],
  ])("refuses %s", (_, text) => {
    expect(read("text/vtt", text)).toEqual({ fault: "transcript_invalid", index: 0 });
  });

  test("refuses what is not UTF-8", () => {
    expect(read("text/vtt", "", HEADERS, Uint8Array.of(0x57, 0xff))).toEqual({
      fault: "json_utf8",
      index: 0,
    });
  });
});

describe("a plain transcript", () => {
  const PLAIN = "Ana Lima: hi\r\n\r\n[00:01:02] Cy: no\r\nand no\r\n10:15:00 Bo: yes";

  test("is a line of each speaker", () => {
    const found = document("text/plain", PLAIN);
    expect(speakers(found)).toEqual([["ana"], ["cy"], [""], ["bo"]]);
    expect(written(found, ["whole", "whole", "whole", "whole"])).toBe(PLAIN);
    expect(written(found, ["whole", "gone", "gone", "whole"])).toBe("Ana Lima: hi\r\n\r\n10:15:00 Bo: yes");
    expect(written(found, ["gone", "gone", "gone", "gone"])).toBeNull();
  });

  test("an empty line keeps only its end, once anything goes", () => {
    const found = document("text/plain", "Bo: x\n \t \u3000\r\n\t\nCy: y\n  ");
    expect(written(found, ["whole", "gone"])).toBe("Bo: x\n\r\n\n");
  });

  test("lasts from beginning to end, whatever time a line says", () => {
    const found = document("text/plain", "[00:10] Bo: x", {
      ...HEADERS,
      "tenfour-captured-until": "2026-01-01T01:00:00Z",
    });
    expect(found.items[0]!.items).toMatchObject([{ capturedAt: BEGINS, capturedUntil: BEGINS + 3_600_000 }]);
  });

  test("says of each line all that a decision asks", () => {
    const headers = { ...HEADERS, "tenfour-labels": "health_information" };
    expect(document("text/plain", "Bo: x", headers).items).toEqual([
      {
        items: [
          {
            type: "content",
            account: "acme",
            conversation: "m1",
            speaker: "bo",
            privateTo: null,
            kind: "transcript",
            capturedAt: BEGINS,
            capturedUntil: null,
            labels: ["health_information"],
            signal: "none",
          },
        ],
        excess: "none",
        strippable: false,
      },
    ]);
  });

  test("without names, its names are ids", () => {
    const { "tenfour-names": _, ...headers } = HEADERS;
    expect(speakers(document("text/plain", "bo: x\nAna Lima: y", headers))).toEqual([["bo"], [""]]);
  });

  test("is read only where the route says so", () => {
    expect(compileTranscript({}).mediaTypes).toEqual(["text/vtt"]);
    expect(compileTranscript({ plain: true }).mediaTypes).toEqual(["text/vtt", "text/plain"]);
  });
});
