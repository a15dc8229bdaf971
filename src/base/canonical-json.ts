/**
 * One text for one value: JSON without spaces, members in the order of their names' code units, numbers as ECMAScript writes them (the JSON
 * Canonicalization Scheme, RFC 8785). For digests and signatures. Knows nothing of consent.
 */

/** Members that are undefined are left out. Throws a `TypeError` at what JSON cannot say: a number that is not finite, a function. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value) && value.every(Number.isFinite)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  const text = typeof value === "number" && !Number.isFinite(value) ? undefined : JSON.stringify(value);
  if (text === undefined) throw new TypeError("not a JSON value");
  return text;
}
