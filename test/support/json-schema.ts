/** Holds a value to a JSON Schema, as far as the description of /v1 uses JSON Schema. Refuses keywords it does not know. */

// biome-ignore lint/suspicious/noExplicitAny: schemas and values are read member by member.
type Any = any;

const KNOWN = [
  ...["$ref", "type", "const", "enum", "pattern", "format", "minimum", "maximum", "minLength", "minItems"],
  ...["uniqueItems", "items", "properties", "required", "additionalProperties", "anyOf", "oneOf"],
  ...["description", "default"],
];

/** Where the value is not as the schema has it, in words; empty: it is. `root` is what references point into. */
export function mismatches(schema: Any, value: Any, root: Any, at = "$"): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.includes(keyword));
  if (unknown.length > 0) throw new Error(`unknown keywords at ${at}: ${unknown.join(", ")}`);
  if (schema.$ref !== undefined) {
    const target = schema.$ref
      .slice(2)
      .split("/")
      .reduce((node: Any, name: string) => node[name], root);
    return mismatches(target, value, root, at);
  }
  for (const word of ["anyOf", "oneOf"] as const) {
    if (schema[word] === undefined) continue;
    const tries = schema[word].map((one: Any) => mismatches(one, value, root, at));
    const fits = tries.filter((found: string[]) => found.length === 0).length;
    if (fits === 0 || (word === "oneOf" && fits > 1))
      return [`${at}: fits ${fits} of ${word}`, ...tries.flat()];
  }
  if (schema.const !== undefined && value !== schema.const) return [`${at}: not ${schema.const}`];
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${at}: ${value} is no word of the enum`];
  if (schema.type !== undefined && !isOf(schema.type, value)) return [`${at}: not of type ${schema.type}`];
  if (typeof value === "string") return textMismatches(schema, value, at);
  if (typeof value === "number") {
    return value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity)
      ? [`${at}: out of range`]
      : [];
  }
  if (Array.isArray(value)) {
    const few = value.length < (schema.minItems ?? 0) ? [`${at}: too few items`] : [];
    const twice =
      schema.uniqueItems === true && new Set(value).size < value.length ? [`${at}: an item twice`] : [];
    const items =
      schema.items === undefined
        ? []
        : value.flatMap((one, i) => mismatches(schema.items, one, root, `${at}[${i}]`));
    return [...few, ...twice, ...items];
  }
  return typeof value === "object" && value !== null ? memberMismatches(schema, value, root, at) : [];
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function textMismatches(schema: Any, value: string, at: string): string[] {
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value))
    return [`${at}: against the pattern`];
  if (schema.format === "date-time" && Number.isNaN(Date.parse(value))) return [`${at}: no instant`];
  return value.length < (schema.minLength ?? 0) ? [`${at}: too short`] : [];
}

function memberMismatches(schema: Any, value: Any, root: Any, at: string): string[] {
  const missing = (schema.required ?? []).filter((name: string) => !Object.hasOwn(value, name));
  const found = Object.entries(value).flatMap(([name, member]) => {
    const own = schema.properties?.[name];
    if (own !== undefined) return mismatches(own, member, root, `${at}.${name}`);
    if (schema.additionalProperties === false) return [`${at}: has ${name}, which is not described`];
    return typeof schema.additionalProperties === "object"
      ? mismatches(schema.additionalProperties, member, root, `${at}.${name}`)
      : [];
  });
  return [...missing.map((name: string) => `${at}: lacks ${name}`), ...found];
}
