/** What imports what: the import table, cycles, and files nothing leads to. Pure, so that each rule can be shown to fail. */
import { posix } from "node:path";
import type { Source } from "./sources.ts";

export interface Import {
  readonly from: string;
  /** A path from the root of the repository, or a package's specifier. */
  readonly to: string;
}

/** One row of the import table: what the files of `part` may import besides each other. */
export interface Row {
  /** `src/gate/`, or one file. */
  readonly part: string;
  /** Folders (with a slash at the end) and files, from the root of the repository. */
  readonly parts: readonly string[];
  readonly packages: readonly string[];
}

/** Reads the table of `ARCHITECTURE.md`: the document is the source of the rule. */
export function readTable(markdown: string): Row[] {
  const lines = markdown.split("\n");
  const head = lines.findIndex((line) => /^\|\s*part\s*\|\s*may import\s*\|\s*packages\s*\|/.test(line));
  if (head < 0) throw new Error("ARCHITECTURE.md has no import table");
  const end = lines.findIndex((line, index) => index > head && !line.startsWith("|"));
  return lines.slice(head + 2, end < 0 ? undefined : end).map((line) => {
    const [, part = "", parts = "", packages = ""] = line.split("|");
    return { part: quoted(part)[0] ?? "", parts: quoted(parts), packages: quoted(packages) };
  });
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((found) => found[1]!);
}

/** Every import of a TypeScript file, of types too. `exported` maps our own package's specifiers to files. */
export function importsOf({ path, text }: Source, exported: Readonly<Record<string, string>>): Import[] {
  const statements = text.matchAll(/^(?:import|export)\b(?:[^"';]*?\bfrom)?\s*"([^"]+)"/gm);
  const calls = text.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g);
  return [...statements, ...calls].map((found) => {
    const to = found[1]!;
    return {
      from: path,
      to: to.startsWith(".") ? posix.join(posix.dirname(path), to) : (exported[to] ?? to),
    };
  });
}

/** Imports the table does not allow, and files it does not speak of. */
export function tableProblems(
  table: readonly Row[],
  files: readonly string[],
  imports: readonly Import[],
): string[] {
  const rowOf = (path: string) => table.find(({ part }) => covers(part, path));
  const unruled = files.filter((path) => rowOf(path) === undefined);
  const known = new Set(files);
  const forbidden = imports.filter(({ from, to }) => {
    const row = rowOf(from);
    if (row === undefined || covers(row.part, to)) return false;
    const local = known.has(to) || /\.(ts|wasm)$/.test(to);
    return local
      ? !row.parts.some((part) => covers(part, to))
      : !row.packages.some((name) => to === name || to.startsWith(`${name}/`));
  });
  return [
    ...unruled.map((path) => `${path} is in no row of the import table`),
    ...forbidden.map(({ from, to }) => `${from} may not import ${to}`),
  ];
}

function covers(part: string, path: string): boolean {
  return part.endsWith("/") ? path.startsWith(part) : path === part;
}

/** Each cycle once, as the files along it. */
export function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file].join(" -> "));
    if (start >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) walk(to, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return found;
}

/** Files that no entry leads to, by import or by being named in a string (a script that is bundled or run), and entries that are missing. */
export function deadFiles(
  sources: readonly Source[],
  imports: readonly Import[],
  entries: readonly string[],
): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const reach = (path: string): void => {
    const source = byPath.get(path);
    if (source === undefined || reached.has(path)) return;
    reached.add(path);
    for (const { from, to } of imports) if (from === path) reach(to);
    for (const [, named = ""] of source.text.matchAll(/["'`]([^"'`\s]*\.ts)["'`]/g)) {
      const tail = named.replace(/^(\.{1,2}\/)+/, "");
      for (const other of byPath.keys()) if (other === tail || other.endsWith(`/${tail}`)) reach(other);
    }
  };
  for (const entry of entries) reach(entry);
  return [
    ...entries.filter((entry) => !byPath.has(entry)).map((entry) => `${entry} is an entry and is missing`),
    ...[...byPath.keys()].filter((path) => !reached.has(path)).map((path) => `nothing leads to ${path}`),
  ];
}
