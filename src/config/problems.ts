/** Turns what the schema found into sentences: where, what is wrong, what to do. Pure. */
import type { BaseIssue } from "valibot";

export type Path = readonly (string | number)[];

export interface Problem {
  readonly path: Path;
  /** What is wrong and what to do, one sentence. */
  readonly says: string;
}

const QUOTED_CHARS_MAX = 80;

const NOUNS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  Array: "a list",
  Object: "an object",
};

export function problemOf(issue: BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map((step) => (typeof step.key === "number" ? step.key : String(step.key)));
  return { path, says: sentenceOf(issue) };
}

/** Whether the value itself is of the wrong type, so that nothing more can be asked of it. */
export function isOfWrongType(issue: BaseIssue<unknown>): boolean {
  return issue.kind === "schema";
}

function sentenceOf(issue: BaseIssue<unknown>): string {
  const { kind, expected, received } = issue;
  if (kind !== "schema" || expected === null) return issue.message;
  if (expected === "never") return "there is no such setting; remove it or correct its name";
  if (/^"\w+"$/.test(expected)) return "is missing; add it";
  const wanted = NOUNS[expected] ?? `one of ${expected.replaceAll(/[()"]/g, "").replaceAll(" | ", ", ")}`;
  return `write ${wanted}, not ${received === "Object" ? "an object" : short(received)}`;
}

export function quote(value: string): string {
  return short(JSON.stringify(value));
}

function short(text: string): string {
  return text.length <= QUOTED_CHARS_MAX ? text : `${text.slice(0, QUOTED_CHARS_MAX - 1)}…`;
}

/** `routes[2].upstream: names nothing in upstreams.` */
export function render({ path, says }: Problem): string {
  const where = path.map(step).join("").replace(/^\./, "");
  return `${where || "the configuration"}: ${says}.`;
}

function step(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${quote(key)}]`;
}
