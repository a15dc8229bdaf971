/** A small sound configuration to be spoilt, one setting at a time. */
export function soundConfig() {
  return {
    hosts: ["localhost"],
    services: [
      { id: "meeting-summary", name: "Meeting Summary", opt_in: true },
      { id: "recording", name: "Recording", opt_in: false },
    ],
    upstreams: {
      training: { url: "http://127.0.0.1:8788/training", purposes: ["train"] },
      metrics: { url: "https://metrics.example/in", purposes: ["operate", "protect", "serve"] },
    } as Record<string, Record<string, unknown>>,
    routes: [trainRoute(), opaqueRoute()] as Record<string, unknown>[],
  } as Record<string, unknown> & { routes: Record<string, unknown>[]; upstreams: Record<string, object> };
}

export function trainRoute(over: object = {}): Record<string, unknown> {
  return {
    id: "train-meetings",
    path: "/ingest/meetings",
    upstream: "training",
    purpose: "train",
    recipient: "first-party",
    services: ["meeting-summary"],
    kinds: ["transcript", "chat"],
    formats: ["json", "ndjson"],
    on_deny: "strip",
    shape: shape(),
    ...over,
  };
}

export function shape() {
  return {
    discriminator: "/type",
    variants: [
      {
        when: ["content"],
        content: contentOf(),
        strip_to: { "/type": { words: ["content"] }, "/captured_at": "timestamp" },
      },
      { when: ["usage"], service_data: { "/type": { words: ["usage"] }, "/tokens_used": "number" } },
    ],
  };
}

export function contentOf(over: object = {}): Record<string, unknown> {
  return {
    account: "/account",
    conversation: "/conversation",
    speaker: "/speaker",
    kind: { pointer: "/kind" },
    captured_at: { pointer: "/captured_at" },
    ...over,
  };
}

/** The train route with one content variant changed. */
export function trainContent(over: object): Record<string, unknown> {
  return trainRoute({ shape: { variants: [{ content: contentOf(over) }] } });
}

export function opaqueRoute(over: object = {}): Record<string, unknown> {
  return {
    id: "otlp-traces",
    path: "/ingest/otlp/v1/traces",
    upstream: "metrics",
    purpose: "operate",
    recipient: "first-party",
    opaque: { accepted_by: "Privacy office", reason: "not read yet", accepted_at: "2026-11-01T09:00:00Z" },
    content_types: ["application/x-protobuf"],
    ...over,
  };
}
