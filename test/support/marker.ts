/**
 * Looks for the text that stands for content in tests wherever content must not be, however it is wrapped.
 */
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

export const MARKER = "SECRET-7f3a";

type Searched = string | Uint8Array | readonly (string | Uint8Array)[];

interface Readable {
  prepare(sql: string): { all(): Promise<{ results: unknown[] }> };
}

/** How the marker can be found in `searched` (pieces are joined first), e.g. `gzip > json`; null: it cannot. */
export function findMarker(searched: Searched): string | null {
  const pieces = Array.isArray(searched) ? searched : [searched];
  return find(Buffer.concat(pieces.map((piece) => Buffer.from(piece))), 4);
}

/** Throws, naming `where` and the way in, if the marker is in `searched`. */
export function assertNoMarker(searched: Searched, where: string): void {
  const way = findMarker(searched);
  if (way !== null) throw new Error(`the marker is in ${where}: ${way}`);
}

/** Throws if the marker is in any cell of any table, the definitions included. */
export async function assertNoMarkerInDatabase(database: Readable, where: string): Promise<void> {
  const master = await database
    .prepare("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")
    .all();
  for (const { name, sql } of master.results as { name: string; sql: string | null }[]) {
    assertNoMarker(`${name} ${sql ?? ""}`, `${where}, definition of ${name}`);
    if (sql?.startsWith("CREATE TABLE") !== true) continue;
    const { results } = await database.prepare(`SELECT * FROM "${name}"`).all();
    const cells = new Map<string, Set<string>>();
    for (const row of results as Record<string, unknown>[])
      for (const [column, cell] of Object.entries(row))
        if (Array.isArray(cell))
          assertNoMarker(Uint8Array.from(cell as number[]), `${where}, ${name}.${column}`);
        else if (cell !== null) cells.set(column, (cells.get(column) ?? new Set()).add(String(cell)));
    for (const [column, texts] of cells) assertNoneHasMarker([...texts], `${where}, ${name}.${column}`);
  }
}

/** Many together are searched in a fraction of the time that they take one by one. */
const TOGETHER = 64;

function assertNoneHasMarker(texts: readonly string[], where: string): void {
  for (let at = 0; at < texts.length; at += TOGETHER)
    assertNoMarker(texts.slice(at, at + TOGETHER).join("\n"), where);
}

function find(bytes: Buffer, depth: number): string | null {
  if (bytes.includes(MARKER)) return "plain";
  if (bytes.includes(Buffer.from(MARKER, "utf16le"))) return "utf-16";
  if (depth === 0) return null;
  for (const [way, unwrap] of UNWRAPPINGS)
    for (const inner of unwrap(bytes)) {
      const found = find(inner, depth - 1);
      if (found !== null) return `${way} > ${found}`;
    }
  return null;
}

const UNWRAPPINGS: readonly (readonly [string, (bytes: Buffer) => Iterable<Buffer>])[] = [
  ["inflated", inflated],
  ["chunks joined", chunksJoined],
  ["json", unescaped],
  ["percent", percentDecoded],
  ["base64", base64Decoded],
  ["hex", hexDecoded],
];

function* inflated(bytes: Buffer): Generator<Buffer> {
  for (let at = bytes.indexOf(GZIP); at !== -1; at = bytes.indexOf(GZIP, at + 1)) {
    const inner = attempt(() => gunzipSync(bytes.subarray(at), PARTIAL));
    if (inner !== null) yield inner;
  }
  for (const inflate of [inflateSync, inflateRawSync]) {
    const inner = attempt(() => inflate(bytes, PARTIAL));
    if (inner !== null && inner.length > bytes.length / 4) yield inner;
  }
}
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
/** What was sent of a stream that was cut counts too. */
const PARTIAL = { finishFlush: 2 };

function* chunksJoined(bytes: Buffer): Generator<Buffer> {
  const text = bytes.toString("latin1");
  const joined = text.replace(/\r\n[0-9a-fA-F]{1,8}\r\n/g, "");
  if (joined !== text) yield Buffer.from(joined, "latin1");
}

function* unescaped(bytes: Buffer): Generator<Buffer> {
  const text = bytes.toString("utf8");
  const plain = text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(["\\/]))/g, (_, u, x, self) =>
    self === undefined ? String.fromCharCode(Number.parseInt(u ?? x, 16)) : self,
  );
  if (plain !== text) yield Buffer.from(plain);
}

function* percentDecoded(bytes: Buffer): Generator<Buffer> {
  const text = bytes.toString("latin1");
  const plain = text.replace(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (plain !== text) yield Buffer.from(plain, "latin1");
}

/** Runs of the alphabet, wrapped lines joined, at each of the four offsets, for the marker may begin inside one. */
function* base64Decoded(bytes: Buffer): Generator<Buffer> {
  const runs = bytes.toString("latin1").match(/[A-Za-z0-9+/_-]{15,}(?:\r?\n[A-Za-z0-9+/_-]+)*/g);
  yield* decodedRuns(runs, "base64", 4);
}

function* hexDecoded(bytes: Buffer): Generator<Buffer> {
  yield* decodedRuns(bytes.toString("latin1").match(/[0-9a-fA-F]{22,}/g), "hex", 2);
}

function* decodedRuns(
  runs: readonly string[] | null,
  encoding: "base64" | "hex",
  offsets: number,
): Generator<Buffer> {
  if (runs === null) return;
  for (let skip = 0; skip < offsets; skip++)
    yield Buffer.concat(
      runs.flatMap((run) => [Buffer.from(run.replace(/\s/g, "").slice(skip), encoding), Buffer.from("\n")]),
    );
}

function attempt(unwrap: () => Buffer): Buffer | null {
  try {
    return unwrap();
  } catch {
    return null;
  }
}
