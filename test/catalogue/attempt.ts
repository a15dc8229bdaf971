/** A request that tries something on the gate, and what should come of it. */
import type { RawResponse } from "../support/raw-client.ts";

export type KeyName = "good" | "beta_only" | "revoked" | "other_route" | "tampered";

/** A request, and what comes of it. Whatever it is, the marker is in it, and nowhere afterwards. */
export interface Try {
  /** Default `/ingest/drop`. */
  readonly path?: string;
  readonly method?: string;
  /** Default: one for every account and route; null: none. */
  readonly key?: KeyName | null;
  /** Default `application/json`; null: none. */
  readonly type?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: a record that everybody consented to, with the marker in it: it would leave if the request were taken. */
  readonly body?: string | Uint8Array;
  readonly framing?: "chunked" | number | null;
  /** Bytes in each chunk of the body. Default: all of them in one. */
  readonly chunk?: number;
  readonly gets: Refused | Left;
}

/** A problem's status and code, and nothing reached the upstream. */
export type Refused = readonly [status: number, code: string];

export interface Left {
  /** forwarded, stripped, dropped. */
  readonly counts: readonly [forwarded: number, stripped: number, dropped: number];
  /** The body that reached the upstream. Default: none did. */
  readonly upstream?: string;
  /** There is nothing in the request that may not leave. */
  readonly unmarked?: true;
}

export const nothing: Left = { counts: [0, 0, 1] };

export function isRefused(gets: Refused | Left): gets is Refused {
  return Array.isArray(gets);
}

/** The code of a problem, or what an OTLP status begins its message with; empty: there is no body. */
export function codeOf({ text }: RawResponse): string {
  if (text === "") return "";
  const { code, message } = JSON.parse(text) as { code: string | number; message?: string };
  return typeof code === "string" ? code : message!.split(":")[0]!;
}
