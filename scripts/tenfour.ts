/** The command `tenfour`: reads the files it is given, writes to the terminal, and reaches no network. */
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { type NamedText, verifyFiles } from "../src/ledger/verify-files.ts";

const USAGE = `Usage: tenfour verify FILE --key operator.pub [--checkpoint FILE]... [--receipt FILE]...

Verifies an export (export.ndjson) or a receipt of a Tenfour ledger, offline.

  --key         the operator's public keys, from a source you trust
  --checkpoint  a checkpoint of the log you kept: the export must be of the same log
  --receipt     a receipt you hold: its entry must be in the export

Exit status: 0, everything fits; 1, something does not, and the first thing is named; 2, this was called wrongly.
`;
/** Receipts and keys are small; nothing larger is read whole. */
const WHOLE_BYTES_MAX = 4 * 1024 * 1024;

async function main(): Promise<number> {
  const called = callOf(process.argv.slice(2));
  if (called === null) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { file, key, checkpoint, receipt } = called;
  const isReceipt = await holdsReceipt(file);
  const told = await verifyFiles({
    key: await named(key),
    checkpoints: await Promise.all(checkpoint.map(named)),
    receipts: await Promise.all([...(isReceipt ? [file] : []), ...receipt].map(named)),
    exported: isReceipt ? null : { name: basename(file), chunks: createReadStream(file) },
  });
  if (told.ok) {
    process.stdout.write(`ok\n${told.lines.join("\n")}\n`);
    return 0;
  }
  const { code, position, line, message } = told.finding;
  const where = [
    ...(position === null ? [] : [`position ${position}`]),
    ...(line === null ? [] : [`line ${line}`]),
  ];
  process.stdout.write(
    `${code}${where.length === 0 ? "" : ` at ${where.join(", ")}`}: ${told.name}\n${message}\n`,
  );
  return 1;
}

interface Call {
  readonly file: string;
  readonly key: string;
  readonly checkpoint: readonly string[];
  readonly receipt: readonly string[];
}

/** null: called wrongly. */
function callOf(args: readonly string[]): Call | null {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: "string" },
        checkpoint: { type: "string", multiple: true, default: [] },
        receipt: { type: "string", multiple: true, default: [] },
      },
    });
    const [command, file, ...more] = positionals;
    if (command !== "verify" || file === undefined || more.length > 0 || values.key === undefined)
      return null;
    return { file, key: values.key, checkpoint: values.checkpoint, receipt: values.receipt };
  } catch {
    return null;
  }
}

async function named(path: string): Promise<NamedText> {
  if ((await stat(path)).size > WHOLE_BYTES_MAX) throw new Error(`${basename(path)} is too large`);
  return { name: basename(path), text: await readFile(path, "utf8") };
}

/** An export begins with `{"checkpoint":`, in canonical form. */
async function holdsReceipt(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(WHOLE_BYTES_MAX);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const text = head.subarray(0, bytesRead).toString("utf8");
    return !text.startsWith('{"checkpoint"') && text.includes('"dpv:ConsentReceipt"');
  } finally {
    await file.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
