/**
 * Members that hold or open content under these names in the payloads we know: never among allowed service data. Pure.
 * A guard against slips only: what keeps content out is that no rule for a value admits free text.
 */
import { segmentsOf } from "./names.ts";

/** Compared without case, `_` and `-`. */
const CONTENT_NAMES = new Set(
  `answer answers arguments attachment attachments body caption captions choices comment comments completion
  completions content contents description documents download_token download_url edited_summary embedding embeddings
  explanation fallback_text file_id file_ids file_name file_path generated_text href image_url input_messages instruction
  instructions message message_content messages next_steps output_messages page_url participant_audio_files passcode
  passphrase password play_url preferred_output non_preferred_output prompt prompts question recording_play_passcode
  rich_text secret share_url stacktrace stop_sequences stream_key stream_url summary summary_details summary_overview
  summary_title system_instructions text title token tool_calls topic transcript transcription transcripts uri url
  utterance voiceprint`
    .split(/\s+/)
    .map(plain),
);

/** Attributes and families of attributes of GenAI telemetry: each name, and whatever follows it after a dot. */
const CONTENT_ATTRIBUTES =
  `ai.embedding ai.embeddings ai.prompt ai.request.headers ai.response.object ai.response.text
  ai.response.toolCalls ai.result ai.telemetry.metadata ai.toolCall ai.value ai.values audio.url db.query.text
  gen_ai.agent.description gen_ai.completion gen_ai.evaluation.explanation gen_ai.input.messages gen_ai.memory.query.text
  gen_ai.memory.records gen_ai.output.messages gen_ai.prompt gen_ai.request.stop_sequences gen_ai.retrieval.documents
  gen_ai.retrieval.query.text gen_ai.system_instructions gen_ai.tool.call.arguments gen_ai.tool.call.result
  gen_ai.tool.definitions gen_ai.tool.description graphql.document http.request.header http.response.header input.images
  input.value llm.choices llm.function_call llm.input_messages llm.output_messages llm.prompt_template llm.prompts
  mcp.resource.uri output.value process.command_args reranker.input_documents reranker.output_documents reranker.query
  tool.parameters traceloop.entity.input traceloop.entity.output url.full url.query video.url`
    .split(/\s+/)
    .map((name) => name.toLowerCase());

/** Whether the member a pointer ends at is known to hold content. */
export function namesContent(pointer: string): boolean {
  const segments = segmentsOf(pointer).filter((segment) => segment !== "*" && !/^\d+$/.test(segment));
  // Attributes are found nested as well as written with dots.
  const dotted = segments.join(".").toLowerCase();
  const within = CONTENT_ATTRIBUTES.some((name) => `.${dotted}.`.includes(`.${name}.`));
  const last = segments.at(-1) ?? "";
  return within || last.split(".").some((part) => CONTENT_NAMES.has(plain(part)));
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "");
}
