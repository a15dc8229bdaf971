/** The fields that bodies of /v1 share, and how a body is read against its schema. Strict: what is not named is refused. */
import * as v from "valibot";
import { LIMITS } from "../config/limits.ts";
import { KINDS, LABELS, PARTICIPATION_RULES } from "../decision/model.ts";
import { refuse } from "./fault.ts";
import { parseInstant } from "./instant.ts";

const ID = new RegExp(`^[\\x21-\\x7e]{1,${LIMITS.id_chars_max}}$`);

/** Every sentence a fault may say of a field: anything else might hold what was sent. */
const EXPECTED = {
  id: `1 to ${LIMITS.id_chars_max} printable ASCII characters without spaces`,
  instant: "an RFC 3339 instant, such as 2026-01-31T12:00:00Z",
  boolean: "true or false",
  text: "text that is not empty",
  locale: "a BCP 47 language tag, such as en or pt-BR",
  list: "an array that is not empty, each value once",
  sha256: "a SHA-256 in hexadecimal, lower case",
  labels: `an array of ${LABELS.join(", ")}, each once`,
  kinds: `an array of one or more of ${KINDS.join(", ")}, each once`,
} as const;

export const isId = (text: string): boolean => ID.test(text);

export const id = v.pipe(v.string(EXPECTED.id), v.regex(ID, EXPECTED.id));

export const sha256 = v.pipe(v.string(EXPECTED.sha256), v.regex(/^[0-9a-f]{64}$/, EXPECTED.sha256));

export const instant = v.pipe(
  v.string(EXPECTED.instant),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const at = parseInstant(dataset.value);
    if (at !== null) return at;
    addIssue({ message: EXPECTED.instant });
    return NEVER;
  }),
);

export function wholeNumber(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(min, expected),
    v.maxValue(max, expected),
  );
}

export const boolean = v.boolean(EXPECTED.boolean);
export const text = v.pipe(v.string(EXPECTED.text), v.minLength(1, EXPECTED.text));
export const locale = v.pipe(
  v.string(EXPECTED.locale),
  v.regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}$/, EXPECTED.locale),
);
export const labels = eachOnce(
  v.array(v.picklist(LABELS, EXPECTED.labels), EXPECTED.labels),
  EXPECTED.labels,
);
export const kinds = v.pipe(
  eachOnce(v.array(v.picklist(KINDS, EXPECTED.kinds), EXPECTED.kinds), EXPECTED.kinds),
  v.minLength(1, EXPECTED.kinds),
);
export const ids = v.pipe(eachOnce(v.array(id, EXPECTED.list), EXPECTED.list), v.minLength(1, EXPECTED.list));
export const participationRule = word(PARTICIPATION_RULES);

export function word<const T extends readonly string[]>(words: T) {
  return v.picklist(words, oneOf(words));
}

/** Who gave an answer: the person, and the role in which they gave it. */
export function by<const T extends readonly string[]>(roles: T) {
  return v.strictObject({ person: id, role: word(roles) });
}

/** The body as its schema has it; refuses with the first field that is not as it should be. */
export function read<T extends v.GenericSchema>(schema: T, body: unknown): v.InferOutput<T> {
  if (Array.isArray(body)) refuse({ code: "json_invalid" });
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = fieldOf(issue);
  if (field === null) refuse({ code: "json_invalid" });
  if (issue.type === "strict_object" && issue.expected === "never") refuse({ code: "field_unknown", field });
  if (issue.input === undefined) refuse({ code: "field_missing", field });
  refuse({ code: "field_invalid", field, expected: expectedOf(issue.message) });
}

function eachOnce<T extends v.GenericSchema<unknown, readonly string[]>>(schema: T, expected: string) {
  return v.pipe(
    schema,
    v.check((values) => new Set(values).size === values.length, expected),
  );
}

function oneOf(words: readonly string[]): string {
  return `one of ${words.join(", ")}`;
}

const SENTENCES: readonly string[] = Object.values(EXPECTED);

function expectedOf(message: string): string {
  return SENTENCES.includes(message) ||
    /^one of [a-z_, -]+$/.test(message) ||
    /^a whole number from \d+ to \d+$/.test(message)
    ? message
    : "a value of the documented type";
}

/** Where the issue is, such as `by.person`. */
function fieldOf(issue: v.BaseIssue<unknown>): string | null {
  return (
    issue.path?.map(({ key }) => (typeof key === "number" ? `${key}` : nameOf(String(key)))).join(".") ?? null
  );
}

/** A name that a sender chose. One that is no word is not repeated: it may be anything. */
export function nameOf(name: string): string {
  return /^[A-Za-z_]{1,40}$/.test(name) ? name : "(unnamed)";
}
