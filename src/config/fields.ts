/** Members of JSON by where they are, and what each may hold. Types, nothing else. */

/** RFC 6901 JSON Pointer; a segment `*` stands for every element of an array. */
export type Pointer = string;

/** Which members may pass and what each may hold; anything else is removed. */
export type FieldRules = Readonly<Record<Pointer, ValueRule>>;

/** `id`: at most 64 of `[A-Za-z0-9._:+/=-]`. `timestamp`: RFC 3339. `words`: one of these. No free text. */
export type ValueRule = "number" | "boolean" | "timestamp" | "id" | { readonly words: readonly string[] };
