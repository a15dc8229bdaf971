/**
 * `npm run bench`: the gate against what one would write instead, alternating, all on local workerd, each warmed by a body as large as those
 * that are measured. Prints medians and ratios, then one line of JSON; exits 1 if a bar is missed or a byte is. The databases of what is compared
 * are in memory if this system has files there, or where `--state` says: local D1 waits for the disk in the one thread that also runs the
 * worker, which D1 does nowhere else.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { oneOf, optionsOf, wholeNumber } from "../scripts/options.ts";
import { CONTENDERS, type Contender, startTurn, type Turn } from "./contenders.ts";
import { CORPORA, ndjson, RECORD_BYTES } from "./corpus.ts";
import { type EvidenceMeasurement, measureEvidence, printEvidence } from "./evidence.ts";
import { type ImportMeasurement, measureImport, printImport } from "./import.ts";
import { sendMany, sendOne, type Target } from "./load.ts";
import { barsOf, type Measurement, print, type Scenario } from "./report.ts";
import { watchResident } from "./resident.ts";
import type { SinkReport } from "./sink.ts";

const MEBIBYTE = 1_048_576;
const BLOCK_RECORDS = 4096;
const CONNECTIONS = 8;
const FILES_IN_MEMORY = "/dev/shm";
/** Large bodies measured one after another in a turn: a turn of one body says more of the machine's moment than of the contender. */
const LARGE_BODIES = 3;

const USAGE = `npm run bench -- [--quick] [--rounds N] [--only NAME,NAME] [--corpus ${CORPORA.join("|")}] [--state DIR]`;
const MEASURED = [...CONTENDERS, "import", "evidence"] as const;
const values = optionsOf(USAGE, {
  quick: { type: "boolean", default: false },
  rounds: { type: "string", default: "3" },
  only: { type: "string" },
  corpus: { type: "string", default: "speech" },
  state: { type: "string", default: existsSync(FILES_IN_MEMORY) ? FILES_IN_MEMORY : tmpdir() },
});
const rounds = wholeNumber(USAGE, "rounds", values.rounds);
const bodyMebibytes = values.quick ? 64 : 256;
const smallMs = values.quick ? 1000 : 2000;
const blocks = (bodyMebibytes * MEBIBYTE) / (BLOCK_RECORDS * RECORD_BYTES);
const only = values.only?.split(",").map((name) => oneOf(USAGE, "only", name, MEASURED)) ?? MEASURED;
const asked = (name: (typeof MEASURED)[number]): boolean => only.includes(name);
const contenders = CONTENDERS.filter(asked);

const now = Date.now();
const corpus = oneOf(USAGE, "corpus", values.corpus, CORPORA);
const block = ndjson(corpus, BLOCK_RECORDS, now - 60_000);
const smallBodies = { "10 KB": block.subarray(0, 10 * RECORD_BYTES), "1 MB": block.subarray(0, MEBIBYTE) };
const measurements: Measurement[] = [];

const folder = mkdtempSync(join(values.state, "tenfour-bench-"));
const sink = fork(join(import.meta.dirname, "sink.ts"));
let turn: Turn | null = null;
let imported: ImportMeasurement | null = null;
let evidence: EvidenceMeasurement | null = null;
process.once("SIGINT", () => void stop().then(() => process.exit(130)));
try {
  const [{ port }] = (await once(sink, "message")) as [{ port: number }];
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < contenders.length; place++) {
      const contender = contenders[(place + round) % contenders.length]!;
      console.error(`round ${round + 1} of ${rounds}: ${contender}`);
      const seedAt = round === 0 ? now : null;
      turn = await startTurn(contender, `http://127.0.0.1:${port}`, join(folder, contender), seedAt);
      await takeTurn(contender, turn);
      await turn.stop();
      turn = null;
    }
  }
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, ${rounds} rounds, ${corpus}, databases in ${values.state}`,
  );
  print(measurements, bodyMebibytes);
  if (asked("evidence")) {
    console.error("evidence, on and off");
    evidence = await measureEvidence(values.quick ? 2_000 : 20_000, values.quick ? 1 : rounds);
    printEvidence(evidence);
  }
  if (asked("import")) {
    console.error("an import");
    imported = await measureImport(values.quick ? 100_000 : 1_000_000);
    printImport(imported);
  }
} finally {
  await stop();
}
const bars = barsOf(measurements);
console.log(
  JSON.stringify({ corpus, body_mebibytes: bodyMebibytes, rounds, measurements, imported, evidence, bars }),
);
if (bars.some(({ met }) => !met)) process.exitCode = 1;

async function stop(): Promise<void> {
  await turn?.stop();
  turn = null;
  if (sink.connected) sink.disconnect();
  rmSync(folder, { recursive: true, force: true });
}

/** What one measurement leaves to the ledger is written before the next begins. */
async function takeTurn(contender: Contender, { content, telemetry, written }: Turn): Promise<void> {
  await sendOne(content, block, blocks);
  for (let i = 0; i < LARGE_BODIES; i++) {
    await written();
    await large(contender, "ndjson", content);
  }
  for (const [size, body] of Object.entries(smallBodies)) {
    await written();
    await small(contender, size as Scenario, content, body);
  }
  await written();
  if (contender !== "bare" && contender !== "gate") return;
  await sendOne(telemetry, block, blocks);
  for (let i = 0; i < LARGE_BODIES; i++) await large(contender, "opaque", telemetry);
}

async function large(contender: Contender, scenario: Scenario, target: Target): Promise<void> {
  await ask(sink, "reset");
  const watch = watchResident();
  const ms = await sendOne(target, block, blocks);
  const residentBytes = watch.stop();
  check(contender, scenario, await ask(sink, "report"), blocks * block.length, 1);
  measured({ contender, scenario, value: bodyMebibytes / (ms / 1000), residentBytes });
}

async function small(contender: Contender, scenario: Scenario, target: Target, body: Buffer): Promise<void> {
  await sendMany(target, body, CONNECTIONS, smallMs / 4);
  await ask(sink, "reset");
  const watch = watchResident();
  const { requests, perSecond } = await sendMany(target, body, CONNECTIONS, smallMs);
  const residentBytes = watch.stop();
  check(contender, scenario, await ask(sink, "report"), requests * body.length, requests);
  measured({ contender, scenario, value: perSecond, residentBytes });
}

function measured(one: Measurement): void {
  measurements.push(one);
  console.error(`  ${one.scenario.padEnd(6)}  ${one.value.toFixed(1)}`);
}

/** Speed at which bytes are lost is no speed. */
function check(
  contender: Contender,
  scenario: Scenario,
  got: SinkReport,
  bytes: number,
  requests: number,
): void {
  if (got.bytes === bytes && got.requests === requests) return;
  throw new Error(
    `${contender}, ${scenario}: ${got.bytes} bytes in ${got.requests} requests reached the sink, of ${bytes} in ${requests}`,
  );
}

async function ask(child: ChildProcess, question: "reset" | "report"): Promise<SinkReport> {
  const answer = once(child, "message");
  child.send(question);
  return (await answer)[0];
}
