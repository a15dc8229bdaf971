/** `GET /healthz`: says it is up only of what it has just measured. */
import { within } from "./base/deadline.ts";

export const HEALTH_PATH = "/healthz";

/** Resolves if the part works, and rejects with a sentence that may be shown if not. */
export type Check = () => Promise<void>;

/** How long a part may take to answer, ms. */
const CHECK_MS_MAX = 2_000;

export async function answerHealth(
  checks: Readonly<Record<string, Check>>,
  configDigest: string,
  now: () => number,
): Promise<Response> {
  const measured = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await measure(check, now)] as const),
  );
  const ok = measured.every(([, { ok }]) => ok);
  const body = {
    status: ok ? "ok" : "failing",
    config_digest: configDigest,
    parts: Object.fromEntries(measured),
  };
  return new Response(JSON.stringify(body), {
    status: ok ? 200 : 503,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

async function measure(
  check: Check,
  now: () => number,
): Promise<{ ok: boolean; ms: number; detail?: string }> {
  const before = now();
  try {
    await within(check(), CHECK_MS_MAX, () => {
      throw new Error(`no answer within ${CHECK_MS_MAX} ms`);
    });
    return { ok: true, ms: now() - before };
  } catch (error) {
    return { ok: false, ms: now() - before, detail: error instanceof Error ? error.message : "failed" };
  }
}
