/** A valibot schema of /v1 as JSON Schema 2020-12, as far as this folder uses valibot. For the build: the worker never imports it. */
import type * as v from "valibot";
import { id, instant } from "../fields.ts";
import { wordOn } from "./words.ts";

/** JSON, of a schema or of a document. */
export type Json = { readonly [name: string]: unknown };

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

interface Node {
  readonly type: string;
  readonly kind: string;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly options?: readonly unknown[];
  readonly wrapped?: Node;
  readonly default?: unknown;
  readonly literal?: unknown;
  readonly item?: Node;
  readonly key?: string;
  readonly requirement?: unknown;
  readonly pipe?: readonly Node[];
}

/** Throws an `Error` at what it cannot say: a description that leaves something out would be believed. */
export function schemaOf(schema: v.GenericSchema): Json {
  return convert(schema as unknown as Node);
}

function convert(node: Node): Json {
  if (node === (id as unknown)) return ref("Id");
  if (node === (instant as unknown)) return ref("Instant");
  if (node.pipe !== undefined) {
    const [base, ...more] = node.pipe;
    let told = bare(base!);
    for (const action of more) told = { ...told, ...constraintOf(action, told) };
    return told;
  }
  return bare(node);
}

function bare(node: Node): Json {
  switch (node.type) {
    case "string":
    case "number":
    case "boolean":
      return { type: node.type };
    case "unknown":
      return {};
    case "custom":
      return { type: "object" };
    case "literal":
      return { const: node.literal };
    case "picklist":
      return { type: "string", enum: node.options };
    case "array":
      return { type: "array", items: convert(node.item!) };
    case "nullable":
      return { anyOf: [convert(node.wrapped!), { type: "null" }] };
    case "optional":
      return {
        ...convert(node.wrapped!),
        ...(node.default === undefined || node.default === null ? {} : { default: node.default }),
      };
    case "variant":
      return { oneOf: (node.options as readonly Node[]).map(convert) };
    case "strict_object":
      return objectOf(node.entries!);
    default:
      throw new Error(`no JSON Schema is known for the valibot schema ${node.type}`);
  }
}

function objectOf(entries: Readonly<Record<string, Node>>): Json {
  const properties = Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, described(name, convert(entry))]),
  );
  const required = Object.keys(entries).filter((name) => entries[name]!.type !== "optional");
  return {
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

/** With the words for a member of that name. */
export function described(name: string, schema: Json): Json {
  const { says } = wordOn(name);
  return { ...schema, description: says };
}

function constraintOf(action: Node, told: Json): Json {
  switch (action.type) {
    case "regex":
      return { pattern: (action.requirement as RegExp).source };
    case "integer":
      return { type: "integer" };
    case "min_value":
      return { minimum: action.requirement };
    case "max_value":
      return { maximum: action.requirement };
    case "min_length":
      return told.type === "array" ? { minItems: action.requirement } : { minLength: action.requirement };
    case "check":
      // The only check of a body here: each value once.
      if (told.type === "array") return { uniqueItems: true };
      throw new Error("no JSON Schema is known for a check of what is no array");
    default:
      throw new Error(`no JSON Schema is known for the valibot action ${action.type}`);
  }
}
