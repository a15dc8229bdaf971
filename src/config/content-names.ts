/**
 * Members that hold or open content under these names in the payloads we know: never among allowed service data. Pure.
 * A guard against slips only: what keeps content out is that no rule for a value admits free text.
 */
import { segmentsOf } from "./names.ts";

/** Compared without case, `_` and `-`. */
const CONTENT_NAMES = new Set(
  `answer answers arguments attachment attachments body caption captions choice choices comment comments completion
  completions content contents data_base64 dataref description documents download_token download_url edited_summary embedding embeddings
  explanation fallback_text file_id file_ids file_name file_path generated_text href image_url input input_messages inputs
  instruction instructions message message_content messages metadata next_steps output output_messages outputs page_url
  parameters participant_audio_files passcode passphrase password play_url preferred_output non_preferred_output prompt
  prompts question recording_play_passcode rich_text secret share_url stacktrace stop_sequences stream_key stream_url
  summary summary_details summary_overview summary_title system_instructions text title token tool_calls topic transcript
  transcription transcripts uri url utterance vector vectors voiceprint write_key`
    .split(/\s+/)
    .map(plain),
);

/**
 * Attributes, events and families of them in telemetry of models (OpenTelemetry's GenAI conventions, current and deprecated; OpenLLMetry,
 * OpenInference, Vercel's AI SDK, MLflow, Pydantic AI) and of what is around them: each name, and whatever follows it after a dot.
 */
const CONTENT_ATTRIBUTES =
  `ai.embedding ai.embeddings ai.prompt ai.request.headers ai.response.object ai.response.text
  ai.response.toolCalls ai.result ai.telemetry.metadata ai.toolCall ai.value ai.values audio.transcript audio.url db.query.text
  embedding.embeddings embedding.text embedding.vector exception.message exception.stacktrace gen_ai.agent.description
  gen_ai.assistant.message gen_ai.choice gen_ai.completion gen_ai.evaluation.explanation gen_ai.input.messages
  gen_ai.memory.query.text gen_ai.memory.records gen_ai.output.messages gen_ai.prompt gen_ai.request.stop_sequences
  gen_ai.retrieval.documents gen_ai.retrieval.query.text gen_ai.system.message gen_ai.system_instructions
  gen_ai.tool.call.arguments gen_ai.tool.call.result gen_ai.tool.definitions gen_ai.tool.description gen_ai.tool.message
  gen_ai.user.message graphql.document http.request.body http.request.header http.response.body http.response.header
  input.images input.value llm.choices llm.completions llm.function_call llm.input_messages llm.output_messages
  llm.prompt_template llm.prompts llm.tools mcp.resource.uri output.value process.command_args process.command_line
  db.operation.parameter db.query.parameter db.statement feature_flag.result.value http.target log.record.original
  messaging.kafka.message.key mlflow.spanInputs mlflow.spanOutputs otel.status_description process.command pydantic_ai.all_messages
  all_messages_events final_result tool_arguments tool_response user_agent.original
  reranker.input_documents reranker.output_documents reranker.query retrieval.documents tool.parameters
  tool_call.function.arguments traceloop.entity.input traceloop.entity.output url.full url.query video.url`.split(
    /\s+/,
  );

const SPELT = CONTENT_ATTRIBUTES.map((name) => `.${plain(name)}.`);
/** As stores write them that have no dots in names. */
const JOINED = new Set(CONTENT_ATTRIBUTES.map((name) => plain(name).replaceAll(".", "")));

/** Whether the member a pointer ends at is known to hold content. */
export function namesContent(pointer: string): boolean {
  const segments = segmentsOf(pointer).filter((segment) => segment !== "*" && !/^\d+$/.test(segment));
  // Attributes are found nested as well as written with dots.
  const dotted = `.${plain(segments.join("."))}.`;
  const last = segments.at(-1) ?? "";
  return (
    SPELT.some((name) => dotted.includes(name)) ||
    segments.some((segment) => JOINED.has(plain(segment).replaceAll(".", ""))) ||
    last.split(".").some((part) => CONTENT_NAMES.has(plain(part)))
  );
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "");
}
