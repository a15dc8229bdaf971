/** What a string of OTLP may say: each rule with what just holds and what just does not. */
import { expect, test } from "vitest";
import { ShortTexts } from "../../../../src/content/otlp/short-texts.ts";
import { type TextRule, textHolds } from "../../../../src/content/otlp/text-rules.ts";

const x = (count: number) => "x".repeat(count);
const OPERATIONS =
  `GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY HTTP _OTHER SELECT INSERT UPDATE CREATE ALTER DROP MERGE CALL EXECUTE
  send receive process publish settle create poll chat text_completion generate_content embeddings retrieval create_agent invoke_agent
  invoke_workflow execute_tool`.split(/\s+/);
const TEMPLATES = ["/", "/a", "/a/b-1.2:3_4", "/users/{id}", "/{a.b*}/{c:d-e}/", "//"];
const NO_TEMPLATES = [
  "a/b",
  "/a b",
  "/{}",
  "/{a b}",
  "/{a",
  "/a}",
  "/a{b}",
  "/{a}b",
  "/a?b",
  "/é",
  " /a",
  "/a ",
  `/${x(64)}`,
];

const HOLD: Readonly<Record<TextRule, readonly string[]>> = {
  none: [""],
  id: ["", "a", "Az09._:+/=-", x(64)],
  scope: ["", "a", "@a/b", "@", `@${x(64)}`, x(64)],
  span: [
    "",
    "a",
    x(64),
    ...TEMPLATES,
    ...OPERATIONS.flatMap((one) => [one, `${one} x`, `${one} /a/{b}`]),
    `GET ${x(60)}`,
  ],
  template: ["", ...TEMPLATES, `/${x(63)}`],
  unit: ["", "ms", "By/s", "{token}", "Az09%./*^{}_-", x(32)],
  schema_url: [
    "",
    "https://opentelemetry.io/schemas/1.26.0",
    "https://opentelemetry.io/schemas/gen-ai/1.0",
    `https://opentelemetry.io/schemas/${"1".repeat(16)}`,
  ],
};
const FAIL: Readonly<Record<TextRule, readonly string[]>> = {
  none: ["a", " ", "\n"],
  id: [" ", "a b", "é", "a,", "a\n", "@a", x(65)],
  scope: ["@@a", "a@b", "a b", "@a ", `@${x(65)}`, x(65)],
  span: [
    " ",
    "tell me",
    "get x",
    "GET",
    "GET x y",
    "GET  x",
    "GET ",
    "xGET y",
    " x",
    " GET x",
    "GET /a?b",
    x(65),
    `GET ${x(61)}`,
    "GETx /a b",
  ].filter((one) => one !== "GET"),
  template: ["a", ...NO_TEMPLATES],
  unit: [" ", "m s", "µs", "a+b", "ms\n", x(33)],
  schema_url: [
    "http://opentelemetry.io/schemas/1.0",
    "https://opentelemetry.io/schemas/",
    "https://opentelemetry.io/schemas/x",
    "https://opentelemetryxio/schemas/1.0",
    "https://opentelemetry.io/schemas/gen-ai/",
    "https://opentelemetry.io/schemas/gen-ai/gen-ai/1.0",
    "https://opentelemetry.io/schemas/1.0/x",
    " https://opentelemetry.io/schemas/1.0",
    `https://opentelemetry.io/schemas/${"1".repeat(17)}`,
  ],
};

test.each(Object.keys(HOLD) as TextRule[])("%s", (rule) => {
  expect(HOLD[rule].filter((text) => !textHolds(rule, text))).toEqual([]);
  expect(FAIL[rule].filter((text) => textHolds(rule, text))).toEqual([]);
});

test("short texts are printable ASCII, and each is its own, however often it is read", () => {
  const texts = new ShortTexts();
  const read = (text: string) => {
    const bytes = new TextEncoder().encode(`#${text}#`);
    return texts.read(bytes, 1, bytes.length - 1);
  };
  for (let round = 0; round < 3; round++) {
    for (const text of ["", " ", "~", x(128), ...Array.from({ length: 2_000 }, (_, i) => `k${i}`)])
      expect(read(text)).toBe(text);
    for (const text of [x(129), "\u001f", "\u007f", "a\nb", "é"]) expect(read(text)).toBeNull();
  }
});

test("short texts that share a place in memory are told apart", () => {
  const texts = new ShortTexts();
  const printable = Array.from({ length: 0x7f - 0x20 }, (_, i) => 0x20 + i);
  // What stands before and after a text is no part of it.
  const told = (before: number, ...text: number[]) =>
    texts.read(Uint8Array.from([before, ...text, before]), 1, 1 + text.length) ===
    String.fromCharCode(...text);
  const wrong: string[] = [];
  for (const x of printable)
    for (const y of printable)
      if (!(told(y, x) && told(x, y) && told(y, 0x61, x) && told(x, 0x61, y)))
        wrong.push(String.fromCharCode(x, y));
  expect(wrong).toEqual([]);
});
