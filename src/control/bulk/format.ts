/** A line of an import or an export as NDJSON or CSV. Knows how values are written, not what they mean. No I/O. */
import { JsonScanner } from "../../content/json/scan.ts";
import { compilePlan } from "../../content/pointer.ts";
import { refuse } from "../fault.ts";
import { refuseLine } from "./line-fault.ts";

/** A column of CSV: where its value is in the JSON object, and how it is written in a cell. An empty cell is no member. */
export interface Column {
  readonly name: string;
  /** Members from the object inwards. */
  readonly path: readonly string[];
  /** `words`: separated by spaces. `pairs`: `chat=2026-01-31T12:00:00Z`, separated by spaces. */
  readonly as: "text" | "boolean" | "words" | "pairs";
}

export function column(name: string, as: Column["as"] = "text", path: readonly string[] = [name]): Column {
  return { name, path, as };
}

/** The value a line holds. Refuses the line. */
export type ReadLine = (bytes: Uint8Array) => unknown;

const JSON_LINES = /^application\/(x-ndjson|jsonl|x-jsonlines)[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i;
const CSV = /^text\/csv[ \t]*(;[ \t]*(charset="?utf-8"?|header=present)[ \t]*)*$/i;

export function formatOf(contentType: string | null): "ndjson" | "csv" | null {
  if (JSON_LINES.test(contentType ?? "")) return "ndjson";
  return CSV.test(contentType ?? "") ? "csv" : null;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const scanner = new JsonScanner(compilePlan([]), true);

export function readJsonLine(bytes: Uint8Array): unknown {
  // The scanner refuses what readers disagree about, such as a member given twice; the parser, trailing bytes.
  if (scanner.scan(bytes, 0, bytes.length) < 0) refuseLine("json_invalid");
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {}
  return refuseLine("json_invalid");
}

/** From the header's line: each of the columns at most once, in any order. Refuses the whole file. */
export function csvReader(header: Uint8Array, columns: readonly Column[]): ReadLine {
  const bom = header[0] === 0xef && header[1] === 0xbb && header[2] === 0xbf;
  let names: string[] = [];
  try {
    names = cellsOf(bom ? header.subarray(3) : header);
  } catch {
    refuse({ code: "field_invalid", field: "header", expected: CSV_HEADER });
  }
  const found = names.map((name) => columns.find((one) => one.name === name));
  const known = found.filter((one) => one !== undefined);
  if (known.length < names.length || new Set(names).size < names.length) {
    refuse({
      code: "field_invalid",
      field: "header",
      expected: `${CSV_HEADER}: ${columns.map(({ name }) => name).join(", ")}`,
    });
  }
  return (bytes) => {
    const cells = cellsOf(bytes);
    if (cells.length !== known.length) refuseLine("csv_invalid");
    const value = {};
    known.forEach((one, index) => {
      if (cells[index] !== "") put(value, one.path, memberIn(cells[index]!, one.as));
    });
    return value;
  };
}

const CSV_HEADER = "a first line that names columns, each once, among";

/** RFC 4180, one record a line. */
function cellsOf(bytes: Uint8Array): string[] {
  const line = textOf(bytes);
  if (!line.includes('"')) return line.split(",");
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let cell: string;
    if (line[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"(?=,|$)/y;
      quoted.lastIndex = at;
      const match = quoted.exec(line);
      if (match === null) refuseLine("csv_invalid");
      cell = match[1]!.replaceAll('""', '"');
      at = quoted.lastIndex;
    } else {
      const comma = line.indexOf(",", at);
      cell = line.slice(at, comma < 0 ? line.length : comma);
      if (cell.includes('"')) refuseLine("csv_invalid");
      at += cell.length;
    }
    cells.push(cell);
    if (at === line.length) return cells;
    at++;
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return refuseLine("csv_invalid");
  }
}

function memberIn(cell: string, as: Column["as"]): unknown {
  switch (as) {
    case "text":
      return cell;
    case "boolean":
      return cell === "true" ? true : cell === "false" ? false : cell;
    case "words":
      return cell.split(" ");
    case "pairs": {
      const pairs = cell.split(" ").map((pair) => pair.split("="));
      const sound = pairs.every(([name, , more]) => more === undefined && name !== "__proto__");
      const once = new Set(pairs.map(([name]) => name)).size === pairs.length;
      return sound && once ? Object.fromEntries(pairs) : cell;
    }
  }
}

function put(value: object, path: readonly string[], member: unknown): void {
  let at = value as Record<string, unknown>;
  for (const name of path.slice(0, -1)) {
    at[name] ??= {};
    at = at[name] as Record<string, unknown>;
  }
  at[path.at(-1)!] = member;
}

export function csvHeader(columns: readonly Column[]): string {
  return `${columns.map(({ name }) => name).join(",")}\n`;
}

/** `value`: as the JSON line would have it. */
export function csvLine(columns: readonly Column[], value: object): string {
  return `${columns.map(({ path, as }) => cellOf(path.reduce(memberOf, value as unknown), as)).join(",")}\n`;
}

function memberOf(value: unknown, name: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[name];
}

function cellOf(value: unknown, as: Column["as"]): string {
  if (value === null || value === undefined) return "";
  if (as === "words") return (value as string[]).join(" ");
  if (as === "pairs") {
    return Object.entries(value)
      .map((pair) => pair.join("="))
      .join(" ");
  }
  const text = String(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
