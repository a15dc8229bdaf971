/**
 * A million consents imported from a file into the gate on local workerd: how long it takes, how much memory, and whether a decision
 * afterwards is as fast as before. By itself: `node bench/import.ts [lines]`.
 */
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTurn, type Turn } from "./contenders.ts";
import { NOTICE_VERSION, ndjson, PLACES, RECORD_BYTES, SERVICE } from "./corpus.ts";
import type { Target } from "./load.ts";
import { watchResident } from "./resident.ts";

const LINES = 1_000_000;
/** Conversations written by one statement: a D1 call has an end. */
const CHUNK = 100_000;
const HOUR_MS = 3_600_000;
const WARM_UP = 50;
const SAMPLES = 200;

export interface ImportMeasurement {
  readonly lines: number;
  readonly fileBytes: number;
  readonly seconds: number;
  /** Highest of workerd, database included, above what it was before; null: this system does not tell. */
  readonly residentBytes: number | null;
  /** Medians of one record at a time, sent and answered, ms. */
  readonly decisionMsBefore: number;
  readonly decisionMsAfter: number;
  /** After by before. */
  readonly ratio: number;
}

/** Rejects if a line is lost or refused. Everything it starts and writes is gone afterwards. */
export async function measureImport(lines = LINES): Promise<ImportMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), "tenfour-import-"));
  const sink = createServer((message, answer) => message.resume().on("end", () => answer.end()));
  let turn: Turn | null = null;
  try {
    sink.listen(0, "127.0.0.1");
    await once(sink, "listening");
    const now = Date.now();
    turn = await startTurn("gate", `http://127.0.0.1:${(sink.address() as AddressInfo).port}`, folder, now);
    await seedConversations(turn.consent, lines, now - HOUR_MS);
    const file = join(folder, "consents.ndjson");
    await writeFile(file, lines, now - HOUR_MS);
    const record = ndjson("speech", PLACES.length, now - 60_000).subarray(0, RECORD_BYTES);
    const decisionMsBefore = await decisionMs(turn.content, record);
    const watch = watchResident();
    const started = performance.now();
    const applied = await send(turn, file);
    const seconds = (performance.now() - started) / 1000;
    const residentBytes = watch.stop();
    if (applied !== lines) throw new Error(`${applied} of ${lines} lines were applied`);
    const decisionMsAfter = await decisionMs(turn.content, record);
    const ratio = decisionMsAfter / decisionMsBefore;
    const fileBytes = statSync(file).size;
    return { lines, fileBytes, seconds, residentBytes, decisionMsBefore, decisionMsAfter, ratio };
  } finally {
    await turn?.stop();
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function printImport(one: ImportMeasurement): void {
  const resident =
    one.residentBytes === null ? "unknown" : `${Math.round(one.residentBytes / 1_048_576)} MiB`;
  console.log(`\nimport of ${one.lines} consents (${Math.round(one.fileBytes / 1_048_576)} MiB of NDJSON)`);
  console.log(
    `  ${one.seconds.toFixed(1)} s, resident memory grew by ${resident} at most, the database's included`,
  );
  console.log(
    `  a decision: ${one.decisionMsBefore.toFixed(2)} ms before, ${one.decisionMsAfter.toFixed(2)} ms after, ratio ${one.ratio.toFixed(2)}`,
  );
}

/** A meeting for each line, of the corpus's accounts, and somebody who hosts it. */
async function seedConversations(consent: D1Database, lines: number, at: number): Promise<void> {
  const accounts = [...new Set(PLACES.map(({ account }) => account))];
  for (let from = 0; from < lines; from += CHUNK) {
    const numbers = `with recursive number(n) as (select ${from} union all select n + 1 from number where n < ${Math.min(from + CHUNK, lines) - 1})`;
    const account = `json_extract('${JSON.stringify(accounts)}', '$[' || (n % ${accounts.length}) || ']')`;
    await consent.batch([
      consent.prepare(
        `insert into conversations ${numbers} select 'talk-' || n, ${account}, 'meeting', '[]', ${at}, null, ${at} from number`,
      ),
      consent.prepare(
        `insert into presence (conversation_id, person, host, joined_at, recorded_by)
         ${numbers} select 'talk-' || n, 'host-' || (n % 997), 1, ${at}, 'bench' from number`,
      ),
    ]);
  }
}

async function writeFile(file: string, lines: number, at: number): Promise<void> {
  const accounts = [...new Set(PLACES.map(({ account }) => account))];
  const out = createWriteStream(file);
  for (let line = 0; line < lines; line++) {
    const consent = {
      account: accounts[line % accounts.length],
      conversation: `talk-${line}`,
      service: SERVICE,
      answer: "given",
      notice_version: NOTICE_VERSION,
      kinds: ["audio", "chat", "transcript"],
      by: { person: `host-${line % 997}`, role: "host" },
      at: new Date(at + 60_000).toISOString(),
      evidence_sha256: line.toString(16).padStart(64, "0"),
    };
    if (!out.write(`${JSON.stringify(consent)}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}

/** Lines applied, of a report that came to its end. */
async function send({ content, operatorToken }: Turn, file: string): Promise<number> {
  const sent = request(`${content.url}/v1/imports/consents?source=bench`, {
    method: "POST",
    headers: { authorization: `Bearer ${operatorToken}`, "content-type": "application/x-ndjson" },
  });
  createReadStream(file).pipe(sent);
  const [answer] = await once(sent, "response");
  let last = "";
  let refused = "";
  for await (const chunk of answer.setEncoding("utf8")) {
    const report: string[] = (last + chunk).split("\n");
    last = report.length > 1 ? report.slice(-2).join("\n") : report[0]!;
    refused ||= report.find((line) => line.startsWith('{"type":"refused"')) ?? "";
  }
  const summary = JSON.parse(last.trim().split("\n").at(-1)!);
  if (summary.complete !== true || refused !== "") throw new Error(`${last}${refused}`);
  return summary.applied;
}

async function decisionMs(target: Target, record: Buffer): Promise<number> {
  const took: number[] = [];
  for (let sample = -WARM_UP; sample < SAMPLES; sample++) {
    const started = performance.now();
    const answer = await fetch(target.url + target.path, {
      method: "POST",
      headers: target.headers,
      body: new Uint8Array(record),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`a decision was answered ${answer.status}`);
    if (sample >= 0) took.push(performance.now() - started);
  }
  return took.sort((a, b) => a - b)[took.length >> 1]!;
}

if (import.meta.filename === process.argv[1]) {
  console.log(JSON.stringify(await measureImport(Number(process.argv[2] ?? LINES))));
}
