/**
 * What evidence costs: the gate against itself with the evidence database thrown away, in turns, for small requests and for one large stream; and by how
 * much that database grows for each exchange, its ledger written. Digests are made either way. By itself:
 * `node bench/evidence.ts [--exchanges N] [--rounds N]`.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { optionsOf, wholeNumber } from "../scripts/options.ts";
import { type Evidenced, startTurn, type Turn } from "./contenders.ts";
import { ndjson, RECORD_BYTES } from "./corpus.ts";
import { sendMany, sendOne } from "./load.ts";

const MEBIBYTE = 1_048_576;
const BLOCK_RECORDS = 4_096;
const STREAM_BLOCKS = 25;
const SMALL_RECORDS = 10;
const CONNECTIONS = 8;
const SMALL_MS = 2_000;

export interface EvidenceMeasurement {
  readonly rounds: number;
  /** Medians: requests of ten records a second, and MiB a second of one stream of 100 MiB. */
  readonly on: Speeds;
  readonly off: Speeds;
  /** On by off. */
  readonly ratio: Speeds;
  /** Of exchanges of ten records, bytes of database each, over the first half of them and over the second. */
  readonly growth: { readonly exchanges: number; readonly bytes: readonly [number, number] };
}

interface Speeds {
  readonly small: number;
  readonly stream: number;
}

/** Rejects if an answer is not 200. Everything it starts and writes is gone afterwards. */
export async function measureEvidence(exchanges: number, rounds: number): Promise<EvidenceMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), "tenfour-evidence-"));
  const sink = createServer((message, answer) => message.resume().on("end", () => answer.end()));
  let turn: Turn | null = null;
  try {
    sink.listen(0, "127.0.0.1");
    await once(sink, "listening");
    const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
    const now = Date.now();
    const block = ndjson("speech", BLOCK_RECORDS, now - 60_000);
    const small = block.subarray(0, SMALL_RECORDS * RECORD_BYTES);
    const measured: Record<Evidenced, Speeds[]> = { gate: [], unrecorded: [] };
    for (let round = 0; round < rounds; round++) {
      const order: Evidenced[] = round % 2 === 0 ? ["gate", "unrecorded"] : ["unrecorded", "gate"];
      for (const one of order) {
        turn = await startTurn(one, url, join(folder, one), round === 0 ? now : null);
        await sendMany(turn.content, small, CONNECTIONS, SMALL_MS / 4);
        const { perSecond } = await sendMany(turn.content, small, CONNECTIONS, SMALL_MS);
        const ms = await sendOne(turn.content, block, STREAM_BLOCKS);
        measured[one].push({
          small: perSecond,
          stream: (STREAM_BLOCKS * block.length) / MEBIBYTE / (ms / 1_000),
        });
        await turn.stop();
        turn = null;
      }
    }
    turn = await startTurn("gate", url, join(folder, "growth"), now);
    const growth = await measureGrowth(turn, small, exchanges);
    const [on, off] = [mediansOf(measured.gate), mediansOf(measured.unrecorded)];
    const ratio = { small: on.small / off.small, stream: on.stream / off.stream };
    return { rounds, on, off, ratio, growth };
  } finally {
    await turn?.stop();
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function printEvidence({ on, off, ratio, growth }: EvidenceMeasurement): void {
  const [first, second] = growth.bytes;
  console.log("\nevidence on, and thrown away");
  console.log(
    `  ${SMALL_RECORDS} KB bodies: ${on.small.toFixed(0)} and ${off.small.toFixed(0)} requests/s, ratio ${ratio.small.toFixed(2)}`,
  );
  console.log(
    `  one stream of 100 MiB: ${on.stream.toFixed(1)} and ${off.stream.toFixed(1)} MiB/s, ratio ${ratio.stream.toFixed(2)}`,
  );
  console.log(
    `  ${growth.exchanges} exchanges: the database grew by ${first.toFixed(0)} bytes each in the first half and ${second.toFixed(0)} in the second, none archived yet`,
  );
}

async function measureGrowth(
  turn: Turn,
  body: Buffer,
  exchanges: number,
): Promise<EvidenceMeasurement["growth"]> {
  const bytes: number[] = [];
  let sent = 0;
  for (let half = 0; half < 2; half++) {
    const before = await sizeOf(turn.evidence);
    let requests = 0;
    while (requests < exchanges / 2) {
      requests += (await sendMany(turn.content, body, CONNECTIONS, SMALL_MS / 4)).requests;
    }
    await turn.written();
    bytes.push(((await sizeOf(turn.evidence)) - before) / requests);
    sent += requests;
  }
  return { exchanges: sent, bytes: [bytes[0]!, bytes[1]!] };
}

/** Of the whole database, bytes. */
export async function sizeOf(database: D1Database): Promise<number> {
  const { meta } = await database.prepare("select 1").all();
  return meta.size_after;
}

function mediansOf(speeds: readonly Speeds[]): Speeds {
  const median = (of: keyof Speeds): number => {
    const sorted = speeds.map((one) => one[of]).sort((a, b) => a - b);
    return sorted[sorted.length >> 1]!;
  };
  return { small: median("small"), stream: median("stream") };
}

if (import.meta.filename === process.argv[1]) {
  const usage = "node bench/evidence.ts [--exchanges N] [--rounds N]";
  const values = optionsOf(usage, {
    exchanges: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
  });
  const measured = await measureEvidence(
    wholeNumber(usage, "exchanges", values.exchanges),
    wholeNumber(usage, "rounds", values.rounds),
  );
  printEvidence(measured);
  console.log(JSON.stringify(measured));
}
