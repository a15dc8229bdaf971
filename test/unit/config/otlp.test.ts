/** A route for OTLP: its signal, and the attributes it adds, which may hold no content whatever the rule. */
import { expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { soundConfig, trainRoute } from "./example.ts";

function problemsOf(otlp: object): readonly string[] {
  const { shape: _, formats: __, ...route } = trainRoute();
  const result = parseConfig({ ...soundConfig(), routes: [{ ...route, document: { otlp } }] });
  return result.ok ? [] : result.problems;
}

test("one signal, and attributes by key", () => {
  for (const signal of ["traces", "metrics", "logs"]) expect(problemsOf({ signal })).toEqual([]);
  const attributes = {
    "session.id": "id",
    "app/stage": { words: ["a"] },
    "acme.size": "number",
    "acme.at": "timestamp",
  };
  expect(problemsOf({ signal: "traces", attributes })).toEqual([]);
});

test.each<[string, object]>([
  ["no signal", {}],
  ["a signal nobody knows", { signal: "profiles" }],
  ["several", { signal: ["traces", "logs"] }],
  ["a member nobody knows", { signal: "traces", on_deny: "strip" }],
  ["free text", { signal: "traces", attributes: { note: "text" } }],
  ["a key with a space", { signal: "traces", attributes: { "a note": "id" } }],
  ["a key with a backslash", { signal: "traces", attributes: { "a\\n": "id" } }],
  ["a key longer than any", { signal: "traces", attributes: { ["x".repeat(129)]: "id" } }],
  ["an empty key", { signal: "traces", attributes: { "": "id" } }],
])("%s is a problem", (_, otlp) => {
  expect(problemsOf(otlp).length).toBeGreaterThan(0);
});

test.each([
  "gen_ai.input.messages",
  "gen_ai.prompt.0.content",
  "gen_ai.completion",
  "traceloop.entity.input",
  "ai.response.text",
  "llm.input_messages.0.message.content",
  "mlflow.spanInputs",
  "pydantic_ai.all_messages",
  "db.statement",
  "url.full",
  "http/url",
  "exception.message",
])("%s holds content, and no rule lets it be listed", (key) => {
  for (const rule of ["id", "number", "boolean", { words: ["a"] }])
    expect(problemsOf({ signal: "traces", attributes: { [key]: rule } }).join()).toContain(
      "holds or opens content",
    );
});
