/** An example of a body, from its schema and the words for its members. Pure. */
import type { Json } from "./schema.ts";
import { wordOn } from "./words.ts";

/** Members that must be there, `by`, and those of `more`. Of alternatives, the first that `more` fits. */
export function exampleOf(schema: Json, more: Readonly<Record<string, unknown>> = {}): Json {
  const alternatives = schema.oneOf as readonly Json[] | undefined;
  if (alternatives !== undefined) return exampleOf(alternatives[0]!, more);
  const required = (schema.required ?? []) as readonly string[];
  const properties = Object.entries(schema.properties as Readonly<Record<string, Json>>);
  const members = properties
    .filter(([name]) => required.includes(name) || name === "by")
    .map(([name, member]) => [name, name in more ? more[name] : exampleFor(name, member)]);
  return { ...Object.fromEntries(members), ...more };
}

function exampleFor(name: string, schema: Json): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.properties !== undefined) return exampleOf(schema);
  const { example } = wordOn(name);
  if (example === undefined) throw new Error(`openapi-words.ts has no example of ${name}`);
  return example;
}
