/** Names under which telemetry carries content: whatever the rule, a configuration that would let one through does not start. */
import { describe, expect, test } from "vitest";
import { namesContent } from "../../../src/config/content-names.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import { soundConfig, trainRoute } from "./example.ts";

function problemsOf(service_data: object): readonly string[] {
  const route = trainRoute({ shape: { variants: [{ service_data }] } });
  const result = parseConfig({ ...soundConfig(), routes: [route] });
  return result.ok ? [] : result.problems;
}

const names = (text: string): string[] => text.trim().split(/\s+/);

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  [
    "OpenTelemetry's current names",
    names(`gen_ai.input.messages gen_ai.output.messages gen_ai.system_instructions gen_ai.tool.call.arguments
      gen_ai.tool.call.result gen_ai.tool.definitions gen_ai.retrieval.query.text gen_ai.retrieval.documents
      gen_ai.evaluation.explanation gen_ai.memory.query.text gen_ai.memory.records`),
  ],
  [
    "OpenTelemetry's names of free text",
    names(`gen_ai.agent.description gen_ai.tool.description gen_ai.request.stop_sequences gen_ai.prompt.name mcp.resource.uri
      exception.message exception.stacktrace db.query.text url.full url.query body http.request.body.content
      http.response.body.content http.request.header.cookie graphql.document process.command_args`),
  ],
  [
    "OpenTelemetry's deprecated names",
    names(`gen_ai.prompt gen_ai.completion gen_ai.prompt.0.content gen_ai.completion.12.content gen_ai.prompt.0.role
      gen_ai.system.message gen_ai.user.message gen_ai.assistant.message gen_ai.tool.message gen_ai.choice
      gen_ai.choice.message.content gen_ai.assistant.message.tool_calls.0.function.arguments`),
  ],
  [
    "OpenLLMetry's and OpenInference's names",
    names(`traceloop.entity.input traceloop.entity.output input.value output.value llm.input_messages.0.message.content
      llm.input_messages.0.message.contents.1.message_content.text llm.output_messages.0.message.role llm.prompts llm.choices
      llm.function_call llm.prompt_template.variables retrieval.documents.0.document.content
      embedding.embeddings.0.embedding.text embedding.embeddings.0.embedding.vector reranker.query
      reranker.input_documents.0.document.content reranker.output_documents.0.document.content tool.parameters
      tool_call.function.arguments audio.url audio.transcript video.url input.images metadata`),
  ],
  [
    "Vercel's names",
    names(`ai.prompt ai.prompt.messages ai.result.text ai.result.object ai.result.toolCalls ai.response.text
      ai.response.object ai.response.toolCalls ai.toolCall.args ai.toolCall.result ai.value ai.values ai.embedding
      ai.embeddings ai.request.headers.authorization ai.telemetry.metadata.user`),
  ],
  [
    "others' names",
    names(`mlflow.spanInputs mlflow.spanOutputs pydantic_ai.all_messages all_messages_events final_result tool_arguments
      tool_response db.statement db.query.parameter.0 db.operation.parameter.name http.target log.record.original
      messaging.kafka.message.key otel.status_description process.command user_agent.original feature_flag.result.value`),
  ],
];

const RULES = ["number", "boolean", "timestamp", "id", { words: ["a"] }] as const;

/** A name as a pointer: with dots, nested, in an array, in other letters, and as stores without dots write it. */
function spellings(name: string): string[] {
  return [
    `/${name}`,
    `/attributes/${name}`,
    `/spans/*/attributes/${name}`,
    `/${name.replaceAll(".", "/").replaceAll(/\/\d+(?=\/|$)/g, "/*")}`,
    `/${name.toUpperCase()}`,
    `/${name.replaceAll("_", "-")}`,
    `/${name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}`,
  ];
}

describe.each(GROUPS)("%s", (_, group) => {
  test.each(group)("%s", (name) => {
    for (const pointer of spellings(name))
      for (const rule of RULES) {
        const problems = problemsOf({ [pointer]: rule });
        expect([pointer, problems.length]).toEqual([pointer, 1]);
        expect(problems[0]).toContain("a member of this name holds or opens content");
      }
  });
});

test("names whose dots a store has taken away", () => {
  const [[, current]] = GROUPS as [(typeof GROUPS)[number]];
  for (const name of [...current, "gen_ai.prompt", "ai.response.text", "traceloop.entity.input"])
    expect([name, namesContent(`/${name.replaceAll(".", "_")}`)]).toEqual([name, true]);
});

test.each(
  names(`gen_ai.usage.input_tokens gen_ai.usage.output_tokens gen_ai.usage.prompt_tokens gen_ai.usage.completion_tokens
    gen_ai.provider.name gen_ai.system gen_ai.operation.name gen_ai.request.model gen_ai.response.id gen_ai.conversation.id
    gen_ai.request.temperature gen_ai.agent.id gen_ai.tool.name gen_ai.tool.call.id gen_ai.data_source.id
    http.response.status_code http.request.method http.route db.system.name exception.type error.type server.address
    llm.token_count.total gen_ai.evaluation.score.value gen_ai.response.finish_reasons session.id content_bytes`),
)("%s does not, and may be listed", (name) => {
  for (const pointer of [`/${name}`, `/attributes/${name}`, `/${name.replaceAll(".", "/")}`])
    expect(problemsOf({ [pointer]: "id" })).toEqual([]);
});

test("no rule admits free text, under any name", () => {
  for (const rule of [
    "text",
    "string",
    "any",
    "json",
    "*",
    "object",
    {},
    [],
    { words: "a" },
    { pattern: ".*" },
    true,
  ])
    expect(problemsOf({ "/note": rule }).length).toBeGreaterThan(0);
});
