/** M: forms that two readers take apart differently. T24: what is said beside the parts. */
import { expect } from "vitest";
import { MARKER } from "../../support/marker.ts";
import { CAPTURED_AT, content, denied } from "../../support/world.ts";
import { FILE_HEAD, field, form, MULTIPART_VECTORS } from "../../unit/content/multipart-vectors.ts";
import type { Try } from "../attempt.ts";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";
import { vectorRows } from "./vectors.ts";

const WHAT: Readonly<Record<string, string>> = {
  M01: "text before the first boundary, or after the last",
  M03: "two parts of one name",
  M04: "a name in two encodings",
  M05: "a file's name in two encodings",
  M06: "a name twice in one header",
  M07: "two Content-Dispositions",
  M08: "a part without a name",
  M09: "a folded header of a part",
  M10: "a part in base64",
  M11: "a form inside a part",
  M13: "a form that does not end",
  M14: "a line that begins like the boundary",
  M15: "two boundaries in the type",
  M16: "spaces after a boundary",
  M18: "a part in another charset, or of a type the gate does not read",
  M19: "a field that names a charset",
  M22: "very many parts, or a very long head of one",
};

const TYPE = "multipart/form-data; boundary=X";
const SECRET = form(`${FILE_HEAD}${content({ text: MARKER })}\n`);

const types = (...all: string[]): Try[] =>
  all.map((type) => ({ path: "/ingest/form", type, body: SECRET, gets: [415, "content_type_unsupported"] }));

const MORE: Readonly<Record<string, readonly Try[]>> = {
  M15: types(
    "multipart/form-data; boundary*0=X; boundary=Y",
    "multipart/form-data; boundary=X; boundary=Y",
    "multipart/form-data; boundary=X; charset=utf-8",
    "multipart/form-data; boundary*=utf-8''X",
    'multipart/form-data; boundary=""',
    "multipart/form-data",
    "multipart/mixed; boundary=X",
  ),
  M22: [
    {
      path: "/ingest/form",
      type: TYPE,
      body: form(...Array.from({ length: 10_000 }, (_, n) => field(`n${n}`, MARKER))),
      gets: [400, "multipart_invalid"],
    },
  ],
};

const whose = (speaker: string) =>
  field(
    "metadata",
    JSON.stringify({ account: "acme", conversation: "m1", speaker, kind: "audio", captured_at: CAPTURED_AT }),
  );
const WHOSE = whose("bo");
const recordingOf = (said: string) =>
  `Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF....WAVE${said}`;

/** Forms that do not say whose a recording is before it comes, and only then. */
const recordings = (...bodies: string[]): Try[] =>
  bodies.map((body) => ({ path: "/ingest/media", type: TYPE, body, gets: [400, "multipart_invalid"] }));

const fileCalled = (name: string) => FILE_HEAD.replace("train.jsonl", name);

/** Heads of a file whose consented record goes on: nothing of the head does. */
async function onlyTheRecord(bench: Bench, heads: readonly string[]): Promise<void> {
  for (const head of heads) {
    bench.reset();
    const body = form(field(MARKER, "1"), field("purpose", MARKER), `${head}${content()}\n${denied()}\n`);
    const answer = await bench.send({ path: "/ingest/form", type: TYPE, body });
    const counts = [answer.status, answer.headers["tenfour-outcome"]];
    expect(counts, head).toEqual([200, "forwarded=1, stripped=1, dropped=0"]);
    const [received] = bench.upstream.received;
    expect(received?.body.toString()).toContain(content());
    expect(received?.body.toString()).toContain('filename="file.jsonl"');
    bench.sawNoMarker();
  }
}

export const MULTIPART_ROWS: readonly Row[] = [
  ...vectorRows(WHAT, MULTIPART_VECTORS, MORE),
  {
    id: "M20",
    what: "the content before the part that says whose it is",
    tries: [
      ...recordings(
        form(recordingOf(MARKER), WHOSE),
        form(field("model", "small"), WHOSE, recordingOf(MARKER)),
        form(recordingOf(MARKER).replace('"file"', '"first"'), WHOSE, recordingOf("")),
        form(WHOSE, recordingOf(MARKER).replace('"file"', '"first"'), recordingOf("")),
        form(WHOSE, WHOSE, recordingOf(MARKER)),
        form(WHOSE, recordingOf(""), field("model", MARKER)),
      ),
      { ...recordings(form(whose("dee"), recordingOf(MARKER)))[0]!, gets: [403, "items_denied"] },
    ],
  },
  {
    id: "M21",
    what: "a path in a file's name",
    run: (bench) =>
      onlyTheRecord(
        bench,
        [`../../${MARKER}`, `/etc/${MARKER}.jsonl`, `${MARKER}/..`, `..%2f${MARKER}`].map(fileCalled),
      ),
  },
  {
    id: "T24",
    what: "content as the name of a file or of a part",
    run: (bench) =>
      onlyTheRecord(bench, [
        fileCalled(`${MARKER}.jsonl`),
        fileCalled(MARKER),
        fileCalled("%53ECRET-7f3a.jsonl"),
        FILE_HEAD.replace("Content-Type", `X-Note: ${MARKER}\r\nContent-Type`),
      ]),
  },
];
