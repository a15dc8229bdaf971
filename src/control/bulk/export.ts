/** An export: what is on record, line by line, a slice of rows in memory at a time. Reads and writes nothing else. */
import type { BulkStore, Slice } from "../../consent/bulk.ts";
import { CONSENT_COLUMNS } from "./consent-line.ts";
import { type Column, csvHeader, csvLine } from "./format.ts";
import { PARTICIPANT_COLUMNS } from "./participant-line.ts";
import { answerLine, consentLine, conversationLine, shownLine, stayLine } from "./views.ts";

/** Rows of one D1 call: a million take 400 of the thousand calls a request has. */
const SLICE_ROWS = 2_500;

export interface BulkExport {
  readonly columns: readonly Column[];
  lines(store: BulkStore): AsyncGenerator<readonly object[]>;
}

export const CONSENT_EXPORT: BulkExport = {
  columns: CONSENT_COLUMNS,
  lines: (store) => slices((after) => store.consents(after, SLICE_ROWS), consentLine),
};

/** Conversations first, then who was there, then what they were shown and answered: each line after those it needs. */
export const PARTICIPANT_EXPORT: BulkExport = {
  columns: PARTICIPANT_COLUMNS,
  async *lines(store) {
    for (let after: string | null = ""; after !== null; ) {
      const found = await store.conversations(after, SLICE_ROWS);
      yield found.map(conversationLine);
      after = found.length < SLICE_ROWS ? null : (found.at(-1)?.id ?? null);
    }
    yield* slices((after) => store.stays(after, SLICE_ROWS), stayLine);
    yield* slices((after) => store.showings(after, SLICE_ROWS), shownLine);
    yield* slices((after) => store.answers(after, SLICE_ROWS), answerLine);
  },
};

/** The text of an export, piece by piece. */
export async function* exported(
  store: BulkStore,
  of: BulkExport,
  format: "ndjson" | "csv",
): AsyncGenerator<string> {
  if (format === "csv") yield csvHeader(of.columns);
  for await (const lines of of.lines(store)) {
    yield format === "csv"
      ? lines.map((line) => csvLine(of.columns, line)).join("")
      : lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  }
}

async function* slices<T>(
  read: (after: number) => Promise<Slice<T>>,
  toLine: (row: T) => object,
): AsyncGenerator<readonly object[]> {
  for (let after: number | null = 0; after !== null; ) {
    const { rows, next }: Slice<T> = await read(after);
    yield rows.map(toLine);
    after = next;
  }
}
