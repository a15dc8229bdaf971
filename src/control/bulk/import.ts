/**
 * An import: lines read, judged and written batch by batch, and reported on as it goes. Every line is accounted for: applied,
 * unchanged because it is on record, or refused by number and reason. Knows no table, and holds one batch at a time.
 */
import type { ServiceConfig } from "../../config/define.ts";
import { LIMITS } from "../../config/limits.ts";
import type { BulkStore } from "../../consent/bulk.ts";
import type { ConsentRecords } from "../../consent/writer.ts";
import type { Column, ReadLine } from "./format.ts";
import { type Given, sha256 } from "./line.ts";
import { faultOf, ImportStop, type LineFault, lineFault, stopOf } from "./line-fault.ts";
import type { Line } from "./lines.ts";

export interface BulkDeps {
  readonly bulk: BulkStore;
  readonly records: Pick<ConsentRecords, "notices">;
  readonly services: readonly ServiceConfig[];
}

export type Outcome = "applied" | "unchanged" | LineFault;

/** What is imported: consents, or participants. */
export interface BulkKind<L> {
  readonly columns: readonly Column[];
  /** Refuses the line. `digest`: of the line as it came. */
  read(value: unknown, given: Given, digest: string): L;
  run(deps: BulkDeps, dryRun: boolean): BulkRun<L>;
}

export interface BulkRun<L> {
  /** The outcome of each, in order; what is applied has been written, unless the run is dry. Rejects if the state cannot be reached. */
  take(lines: readonly L[]): Promise<readonly Outcome[]>;
}

export interface ImportJob<L> {
  readonly kind: BulkKind<L>;
  readonly lines: AsyncIterable<readonly Line[]>;
  readonly readLine: ReadLine;
  readonly given: Given;
  readonly dryRun: boolean;
}

/** D1 calls of a batch that nothing else got in the way of. */
const CALLS_OF_BATCH = 3;

interface Counts {
  lines: number;
  applied: number;
  unchanged: number;
  refused: number;
}

/** Read, but not judged yet. */
type Entry<L> = { readonly number: number } & ({ readonly line: L } | { readonly fault: LineFault });

/**
 * The report, a JSON object a line: `refused` for each bad line, `progress` after each batch, and a `summary` at the end, which says
 * whether the file was read to its end. A report without one was cut off.
 */
export async function* runImport<L>(deps: BulkDeps, job: ImportJob<L>): AsyncGenerator<string> {
  const counts: Counts = { lines: 0, applied: 0, unchanged: 0, refused: 0 };
  const run = job.kind.run(deps, job.dryRun);
  let batch: Entry<L>[] = [];
  let bytes = 0;
  let calls = 1;
  const flush = async () => {
    calls += CALLS_OF_BATCH;
    if (calls > LIMITS.bulk_d1_calls_max) throw new ImportStop("too_many_lines");
    const report = await judged(run, batch, counts);
    batch = [];
    bytes = 0;
    return `${report}${written({ type: "progress", ...counts })}`;
  };
  try {
    for await (const lines of job.lines) {
      for (const line of lines) {
        batch.push(entryOf(job, line));
        bytes += line.bytes?.length ?? 0;
        if (batch.length >= LIMITS.bulk_batch_lines_max || bytes >= LIMITS.bulk_batch_bytes_max)
          yield await flush();
      }
    }
    if (batch.length > 0) yield await flush();
    yield written({ type: "summary", complete: true, dry_run: job.dryRun, ...counts });
  } catch (error) {
    const { code, detail } = stopOf(error);
    yield written({ type: "summary", complete: false, dry_run: job.dryRun, ...counts, code, detail });
  }
}

function entryOf<L>({ kind, readLine, given }: ImportJob<L>, { number, bytes }: Line): Entry<L> {
  if (bytes === null) return { number, fault: lineFault("line_too_long") };
  try {
    return { number, line: kind.read(readLine(bytes), given, sha256(bytes)) };
  } catch (error) {
    return { number, fault: faultOf(error) };
  }
}

async function judged<L>(run: BulkRun<L>, batch: readonly Entry<L>[], counts: Counts): Promise<string> {
  const good = batch.filter((entry) => "line" in entry);
  const outcomes = good.length === 0 ? [] : await run.take(good.map(({ line }) => line));
  let report = "";
  let next = 0;
  for (const entry of batch) {
    const outcome = "fault" in entry ? entry.fault : outcomes[next++]!;
    counts.lines++;
    if (outcome === "applied") counts.applied++;
    else if (outcome === "unchanged") counts.unchanged++;
    else {
      counts.refused++;
      report += written({ type: "refused", line: entry.number, ...outcome });
    }
  }
  return report;
}

function written(line: object): string {
  return `${JSON.stringify(line)}\n`;
}
