/**
 * /v1/imports/{what} and /v1/exports/{what}: consents and participants in bulk, streamed both ways, for the operator.
 * An import answers 200 with a report once it has begun; whether it came to its end is in the report's last line.
 */
import type { Context, Hono } from "hono";
import { askingOf } from "../asking.ts";
import type { ControlDeps } from "../deps.ts";
import { refuse } from "../fault.ts";
import { checkQuery, queryWord } from "../resource.ts";
import { CONSENTS } from "./consents.ts";
import { type BulkExport, CONSENT_EXPORT, exported, PARTICIPANT_EXPORT } from "./export.ts";
import { csvReader, formatOf, readJsonLine } from "./format.ts";
import { type BulkKind, runImport } from "./import.ts";
import { isSource } from "./line.ts";
import { type Line, linesOf } from "./lines.ts";
import { PARTICIPANTS } from "./participants.ts";

export function bulkRoutes(app: Hono, deps: ControlDeps): void {
  imports(app, deps, "/imports/consents", CONSENTS);
  imports(app, deps, "/imports/participants", PARTICIPANTS);
  exports(app, deps, "/exports/consents", CONSENT_EXPORT);
  exports(app, deps, "/exports/participants", PARTICIPANT_EXPORT);
}

function imports<L>(app: Hono, deps: ControlDeps, path: string, kind: BulkKind<L>): void {
  app.post(path, async (c) => {
    checkQuery(c, ["dry_run", "source"]);
    const dryRun = queryWord(c, "dry_run") ?? "false";
    if (dryRun !== "true" && dryRun !== "false") {
      refuse({ code: "field_invalid", field: "dry_run", expected: "true or false" });
    }
    const source = queryWord(c, "source");
    if (source !== null && !isSource(source)) {
      refuse({
        code: "field_invalid",
        field: "source",
        expected: "1 to 1024 bytes of text without control characters",
      });
    }
    const format = formatOf(c.req.header("Content-Type") ?? null);
    if (format === null) refuse({ code: "bulk_type_unsupported" });
    if (c.req.header("Content-Encoding") !== undefined) refuse({ code: "content_coding_unsupported" });
    const found = linesOf(c.req.raw.body);
    const { readLine, lines } =
      format === "csv" ? await withHeader(found, kind) : { readLine: readJsonLine, lines: found };
    const given = { source, recordedBy: askingOf(c).recordedBy, now: deps.now() };
    return streamed(
      c,
      runImport(deps, { kind, lines, readLine, given, dryRun: dryRun === "true" }),
      "application/x-ndjson",
    );
  });
  app.all(path, () => refuse({ code: "method_not_allowed", allow: "POST" }));
}

function exports(app: Hono, deps: ControlDeps, path: string, of: BulkExport): void {
  app.get(path, async (c) => {
    checkQuery(c, []);
    const format = (c.req.header("Accept") ?? "").includes("text/csv") ? "csv" : "ndjson";
    const type = format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson";
    return streamed(c, exported(deps.bulk, of, format), type);
  });
  app.all(path, () => refuse({ code: "method_not_allowed", allow: "GET" }));
}

/** The first line names the columns: one that does not is told before anything is imported. */
async function withHeader<L>(found: AsyncGenerator<readonly Line[]>, kind: BulkKind<L>) {
  for (;;) {
    const { value, done } = await found.next();
    const [header, ...rest] = done === true ? [{ bytes: new Uint8Array(0) }] : value;
    if (header === undefined) continue;
    return {
      readLine: csvReader(header.bytes ?? new Uint8Array(0), kind.columns),
      lines: preceded(rest as Line[], found),
    };
  }
}

async function* preceded(first: readonly Line[], rest: AsyncGenerator<readonly Line[]>) {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** Pulled by the client: what it does not read is not worked out. A rejection cuts the answer off. */
export async function streamed(c: Context, pieces: AsyncGenerator<string>, type: string): Promise<Response> {
  const encoder = new TextEncoder();
  // The first piece is worked out before the answer begins: a store that is away is still a problem of its own.
  let ahead: Promise<IteratorResult<string>> | null = Promise.resolve(await pieces.next());
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await (ahead ?? pieces.next());
      ahead = null;
      if (done === true) controller.close();
      else if (value !== "") controller.enqueue(encoder.encode(value));
      else await this.pull?.(controller);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
  return c.body(body, 200, { "Content-Type": type, "Cache-Control": "no-store" });
}
