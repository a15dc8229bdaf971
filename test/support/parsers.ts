/**
 * JSON parsers of other languages, as far as this machine has them: each reads the same texts, and says what it made of them in one
 * spelling. Compares nothing.
 *
 * The spelling: `n`, `t`, `f`; `s` and base64 of the text; `d` and a number; `[…]` and `{key:value}` with commas, a key being
 * `k` and base64, and sorted.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

export interface Parser {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Shows that it is there: exits with 0. */
  readonly probe: readonly [string, ...string[]];
}

const FOLDER = join(import.meta.dirname, "parsers");
const TIMEOUT_MS = 240_000;
const OUTPUT_BYTES_MAX = 512 * 1024 * 1024;

const script = (file: string): string => join(FOLDER, file);

/** Those that `npm test` asks if it finds them. */
export const USUAL: readonly Parser[] = [
  {
    name: "python3 json",
    command: ["python3", script("read.py")],
    probe: ["python3", "-c", "import json"],
  },
  {
    name: "perl JSON::PP",
    command: ["perl", script("read.pl")],
    probe: ["perl", "-MJSON::PP", "-MMath::BigFloat", "-e", "1"],
  },
  { name: "jq", command: ["jq", "-R", "-r", "-f", script("read.jq")], probe: ["jq", "--version"] },
];

/** Those that `npm run parsers` asks too. */
export const FURTHER: readonly Parser[] = [
  { name: "ruby json", command: ["ruby", script("read.rb")], probe: ["ruby", "-rjson", "-e", "1"] },
  {
    name: "php json_decode",
    command: ["php", script("read.php")],
    probe: ["php", "-r", "json_decode('1');"],
  },
  { name: "go encoding/json", command: ["go", "run", script("read.go")], probe: ["go", "version"] },
];

export function isInstalled({ probe: [program, ...args] }: Parser): boolean {
  return spawnSync(program, args, { stdio: "ignore", timeout: TIMEOUT_MS }).status === 0;
}

/** What the parser makes of each text; `refused` where it refuses. Throws if it does not answer for each. */
export function readBy(parser: Parser, texts: readonly Uint8Array[]): string[] {
  const [program, ...args] = parser.command;
  const input = texts.map((text) => `${Buffer.from(text).toString("base64")}\n`).join("");
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    encoding: "latin1",
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  const lines = stdout.split("\n").slice(0, -1);
  if (status !== 0 || lines.length !== texts.length)
    throw new Error(
      `${parser.name}: ${lines.length} answers to ${texts.length} texts: ${stderr.slice(0, 500)}`,
    );
  return lines.map((line) => line.replace(NUMBER, (_, digits: string) => spellNumber(Number(digits))));
}

/** What this runtime's own parser makes of it; `refused` where it refuses. */
export function readHere(text: Uint8Array): string {
  try {
    return spell(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text)));
  } catch {
    return "refused";
  }
}

/** Where a value may begin, no key begins with `d`, and base64 has none of the brackets, commas and colons. */
const NUMBER = /(?<=^|[[,:])d([^,\]}]+)/g;

function spell(value: unknown): string {
  if (value === null) return "n";
  if (typeof value === "boolean") return value ? "t" : "f";
  if (typeof value === "string") return `s${base64(value)}`;
  if (typeof value === "number") return spellNumber(value);
  if (Array.isArray(value)) return `[${value.map(spell).join(",")}]`;
  const members = Object.entries(value as object).map(
    ([key, member]) => [`k${base64(key)}`, spell(member)] as const,
  );
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map((pair) => pair.join(":")).join(",")}}`;
}

/** As the nearest double, and one zero: languages keep numbers in different types, and it is their value that counts. */
function spellNumber(value: number): string {
  return `d${value === 0 ? 0 : value}`;
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
