/**
 * Attributes that cannot hold content, by key, and what each may hold: OpenTelemetry's semantic conventions up to 1.45, current and
 * deprecated, and the usage numbers of OpenLLMetry, OpenInference and Vercel's AI SDK. Data; a configuration may add to it.
 * Left out although they hold ids: whom something is about or what opens something elsewhere (users, sessions, hosts' names, client
 * addresses, conversations, responses, files), and whatever a customer may have named (agents, prompts, workflows, topics, buckets).
 */
import type { ValueRule } from "../../config/define.ts";

/** `template`: a path with the names of what varies in it in braces. */
export type ShippedRule = ValueRule | "template";

const ids = `
  service.name service.namespace service.version service.instance.id service.criticality
  service.peer.name service.peer.namespace peer.service
  telemetry.sdk.name telemetry.sdk.language telemetry.sdk.version telemetry.distro.name telemetry.distro.version
  telemetry.auto.version
  deployment.environment deployment.environment.name deployment.id deployment.name deployment.status
  otel.scope.name otel.scope.version otel.library.name otel.library.version otel.component.name otel.component.type
  otel.status_code otel.span.sampling_result otel.span.parent.origin
  process.runtime.name process.runtime.version process.executable.name process.state process.context_switch.type
  process.paging.fault_type process.cpu.state
  os.type os.name os.version os.build_id host.arch host.type host.image.id host.image.version
  host.cpu.family host.cpu.model.id host.cpu.vendor.id
  container.id container.image.name container.image.id container.runtime container.runtime.name container.runtime.version
  container.cpu.state
  k8s.cluster.name k8s.cluster.uid k8s.namespace.name k8s.node.name k8s.node.uid k8s.pod.name k8s.pod.uid k8s.container.name
  k8s.deployment.name k8s.deployment.uid k8s.replicaset.name k8s.replicaset.uid k8s.statefulset.name k8s.statefulset.uid
  k8s.daemonset.name k8s.daemonset.uid k8s.job.name k8s.job.uid k8s.cronjob.name k8s.cronjob.uid k8s.pod.status.phase
  k8s.pod.status.reason k8s.container.status.state k8s.container.status.reason
  cloud.provider cloud.platform cloud.region cloud.availability_zone cloud.account.id cloud.resource_id
  faas.name faas.version faas.instance faas.trigger faas.invoked_name faas.invoked_provider faas.invoked_region
  aws.request_id aws.extended_request_id aws.ecs.cluster.arn aws.ecs.container.arn aws.ecs.launchtype aws.ecs.task.arn
  aws.ecs.task.family aws.ecs.task.id aws.ecs.task.revision aws.eks.cluster.arn aws.lambda.invoked_arn
  azure.service.request.id azure.resource_provider.namespace azure.cosmosdb.connection.mode azure.cosmosdb.consistency.level
  http.request.method http.method http.flavor http.scheme http.connection.state
  network.protocol.name network.protocol.version network.transport network.type network.io.direction
  network.connection.type network.connection.subtype network.connection.state network.interface.name
  net.protocol.name net.protocol.version net.transport net.sock.family net.peer.name server.address
  tls.protocol.name tls.protocol.version tls.cipher tls.curve tls.next_protocol
  rpc.system rpc.system.name rpc.service rpc.method rpc.connect_rpc.error_code rpc.response.status_code
  rpc.status_code rpc.jsonrpc.version
  db.system db.system.name db.operation db.operation.name db.namespace db.name db.collection.name db.sql.table
  db.response.status_code db.client.connection.state db.client.connections.state db.client.connection.pool.name
  db.client.connections.pool.name db.cassandra.consistency_level db.mongodb.collection
  messaging.system messaging.system.name messaging.operation messaging.operation.name messaging.operation.type
  messaging.consumer.group.name messaging.kafka.consumer.group messaging.kafka.cluster.id
  messaging.destination.partition.id messaging.servicebus.disposition_status
  error.type exception.type event.name code.function code.function.name code.namespace log.iostream thread.name
  feature_flag.key feature_flag.provider.name feature_flag.result.reason feature_flag.result.variant feature_flag.version
  user_agent.synthetic.type
  jvm.buffer.pool.name jvm.gc.action jvm.gc.name jvm.memory.pool.name jvm.memory.type jvm.thread.state
  nodejs.eventloop.state v8js.gc.type v8js.heap.space.name v8js.resource.type go.memory.type dotnet.gc.heap.generation
  cpython.gc.generation cpu.mode system.device system.cpu.state system.memory.state system.paging.direction
  system.paging.state system.paging.type system.paging.fault.type system.network.state system.filesystem.type
  system.filesystem.state system.filesystem.mode system.process.status disk.io.direction state hw.id hw.type hw.state
  aspnetcore.diagnostics.handler.type aspnetcore.rate_limiting.policy aspnetcore.rate_limiting.result
  aspnetcore.routing.match_status signalr.connection.status signalr.transport
  gen_ai.operation.name gen_ai.provider.name gen_ai.system gen_ai.request.model gen_ai.response.model
  gen_ai.tool.name gen_ai.tool.type gen_ai.openai.request.response_format gen_ai.openai.request.service_tier
  gen_ai.openai.response.service_tier gen_ai.openai.response.system_fingerprint openai.api.type openai.request.service_tier
  openai.response.service_tier openai.response.system_fingerprint mcp.method.name mcp.protocol.version
  llm.provider llm.system llm.model_name llm.request.type openinference.span.kind traceloop.span.kind
  ai.operationId ai.model.id ai.model.provider ai.response.model ai.response.finishReason`;

const numbers = `
  process.pid process.parent_pid process.args_count process.exit.code process.vpid thread.id code.lineno code.line.number
  code.column code.column.number k8s.container.restart_count faas.max_memory
  http.response.status_code http.status_code http.request.resend_count http.request.body.size http.response.body.size
  http.request.size http.response.size http.request_content_length http.response_content_length
  http.request_content_length_uncompressed http.response_content_length_uncompressed
  server.port client.port network.peer.port network.local.port net.peer.port net.host.port
  rpc.grpc.status_code rpc.jsonrpc.error_code rpc.message.id rpc.message.compressed_size rpc.message.uncompressed_size
  db.operation.batch.size db.response.returned_rows db.redis.database_index db.cassandra.page_size
  db.cassandra.speculative_execution_count azure.cosmosdb.operation.request_charge
  azure.cosmosdb.response.sub_status_code aws.dynamodb.count aws.dynamodb.limit aws.dynamodb.scanned_count
  aws.dynamodb.segment aws.dynamodb.total_segments aws.dynamodb.table_count
  messaging.batch.message_count messaging.message.body.size messaging.message.envelope.size
  messaging.kafka.destination.partition messaging.kafka.message.offset messaging.kafka.offset
  system.cpu.logical_number cpu.logical_number
  gen_ai.usage.input_tokens gen_ai.usage.output_tokens gen_ai.usage.prompt_tokens gen_ai.usage.completion_tokens
  gen_ai.usage.total_tokens gen_ai.usage.cache_read.input_tokens gen_ai.usage.cache_creation.input_tokens
  gen_ai.usage.cache_write.input_tokens gen_ai.usage.reasoning.output_tokens
  gen_ai.request.temperature gen_ai.request.top_p gen_ai.request.top_k gen_ai.request.max_tokens
  gen_ai.request.frequency_penalty gen_ai.request.presence_penalty gen_ai.request.seed gen_ai.openai.request.seed
  gen_ai.request.choice.count gen_ai.embeddings.dimension.count gen_ai.evaluation.score.value
  gen_ai.response.time_to_first_chunk
  llm.usage.total_tokens llm.token_count.prompt llm.token_count.completion llm.token_count.total
  ai.usage.promptTokens ai.usage.completionTokens ai.usage.inputTokens ai.usage.outputTokens ai.usage.totalTokens
  ai.usage.tokens ai.usage.cachedInputTokens ai.usage.reasoningTokens ai.settings.maxRetries ai.settings.maxOutputTokens
  ai.settings.temperature ai.settings.topP ai.settings.topK ai.response.msToFirstChunk ai.response.msToFinish
  ai.response.avgCompletionTokensPerSecond ai.stream.msToFirstChunk`;

const booleans = `
  exception.escaped faas.coldstart process.interactive tls.established tls.resumed
  messaging.destination.temporary messaging.destination.anonymous messaging.kafka.message.tombstone jvm.thread.daemon
  db.cassandra.idempotence aws.dynamodb.consistent_read aws.dynamodb.scan_forward
  aspnetcore.routing.is_fallback aspnetcore.request.is_unhandled gen_ai.request.stream llm.is_streaming`;

const finishReasons = `
  stop length content_filter tool_calls tool_call function_call error other unknown
  end_turn max_tokens stop_sequence tool_use pause_turn refusal model_context_window_exceeded guardrail_intervened
  content_filtered STOP MAX_TOKENS SAFETY RECITATION BLOCKLIST PROHIBITED_CONTENT SPII MALFORMED_FUNCTION_CALL OTHER
  COMPLETE STOP_SEQUENCE ERROR ERROR_TOXIC ERROR_LIMIT TOOL_CALL`;

const split = (list: string): readonly string[] => list.trim().split(/\s+/);
const each = (list: string, rule: ShippedRule) => split(list).map((key) => [key, rule] as const);

export const ATTRIBUTES: ReadonlyMap<string, ShippedRule> = new Map<string, ShippedRule>([
  ...each(ids, "id"),
  ...each(numbers, "number"),
  ...each(booleans, "boolean"),
  ["http.route", "template"],
  ["url.scheme", { words: ["http", "https", "ws", "wss", "grpc", "ftp"] }],
  ["rpc.message.type", { words: ["SENT", "RECEIVED"] }],
  ["gen_ai.output.type", { words: ["text", "json", "image", "speech"] }],
  ["gen_ai.response.finish_reasons", { words: split(finishReasons) }],
  ["gen_ai.token.type", { words: ["input", "output", "completion", "prompt", "reasoning"] }],
  ["gen_ai.request.encoding_formats", { words: ["base64", "float", "int8", "uint8", "binary", "ubinary"] }],
]);
