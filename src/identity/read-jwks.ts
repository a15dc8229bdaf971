/**
 * Fetches an issuer's key set: with `gate/upstream.ts` the only place that sends anything anywhere. From the configured URL alone, no
 * redirects, bounded in bytes and time. Believes nothing it is told beyond the JSON.
 */
import { within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";

export type ReadJwks = (url: string) => Promise<unknown>;

/** Rejects if it cannot be had whole and in time. */
export async function readJwks(url: string): Promise<unknown> {
  const abort = new AbortController();
  const fetched = read(url, abort.signal);
  try {
    return await within(fetched, LIMITS.jwks_read_ms_max, () => {
      throw new Error("the key set took too long");
    });
  } catch (error) {
    fetched.catch(() => {});
    abort.abort();
    throw error;
  }
}

async function read(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { headers: { accept: "application/json" }, redirect: "manual", signal });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error("the key set was not answered with 200");
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    length += chunk.length;
    if (length > LIMITS.jwks_bytes_max) throw new Error("the key set is too large");
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
}
