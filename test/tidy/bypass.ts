/** What `docs/bypass-table.md` says, held against the tests. Pure, so that each rule can be shown to fail. */

export interface TableRow {
  readonly id: string;
  readonly what: string;
  readonly state: string;
  readonly why: string;
  /** A path, and for a test outside the catalogue its title; `–`: none. */
  readonly test: string;
}

/** A row of the catalogue's tests, and the text of every file. */
export interface Tried {
  readonly id: string;
  readonly what: string;
}

const STATES = ["held", "not yet", "remains"];
const CATALOGUE = "test/catalogue/rows/";

export function readBypassTable(markdown: string): TableRow[] {
  return markdown.split("\n").flatMap((line) => {
    const cells = /^\| ([A-Z]\d\d) \| (.*) \|$/.exec(line);
    if (cells === null) return [];
    const [what = "", state = "", why = "", test = ""] = cells[2]!.split(" | ");
    return [{ id: cells[1]!, what, state, why, test }];
  });
}

/** `textOf`: of a file of ours by its path; undefined: there is none. */
export function bypassProblems(
  table: readonly TableRow[],
  tried: readonly Tried[],
  textOf: (path: string) => string | undefined,
): string[] {
  const ids = table.map(({ id }) => id);
  return [
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} is in the table twice`),
    ...tried
      .filter((row, at) => tried.findIndex(({ id }) => id === row.id) !== at)
      .map(({ id }) => `${id} is tried twice`),
    ...tried.filter(({ id }) => !ids.includes(id)).map(({ id }) => `${id} is tried and not in the table`),
    ...table.flatMap((row) => rowProblems(row, tried, textOf).map((problem) => `${row.id} ${problem}`)),
  ];
}

function rowProblems(
  { id, what, state, why, test }: TableRow,
  tried: readonly Tried[],
  textOf: (path: string) => string | undefined,
): string[] {
  if (!STATES.includes(state)) return [`is ${state}`];
  if (!/\w/.test(what) || !/\w/.test(why)) return ["says too little"];
  const row = tried.find((one) => one.id === id);
  if (state !== "held") {
    if (row !== undefined) return [`is ${state}, and tried`];
    return test === "–" ? [] : [`is ${state}, and names a test`];
  }
  const [, path = "", title = ""] = /^`([^`]+)`(?:: (.+))?$/.exec(test) ?? [];
  const text = textOf(path);
  if (text === undefined) return [`is held by ${test}, which is no file`];
  if (!path.startsWith(CATALOGUE)) {
    if (row !== undefined) return [`is tried in the catalogue, and the table names ${path}`];
    return title !== "" && text.includes(title) ? [] : [`is held by no test of ${path}`];
  }
  if (row === undefined) return ["is held, and not tried"];
  if (row.what !== what) return [`is another way in the table: ${what}`];
  return new RegExp(`\\b${id}\\b`).test(text) ? [] : [`is not in ${path}`];
}
