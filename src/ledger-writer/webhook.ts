/**
 * Tells the operator's webhook that an answer has impact, signed as Standard Webhooks has it. To the configured URL alone, no redirects, bounded in
 * time; what it answers is not read. Holds ids only.
 */
import { createHmac } from "node:crypto";
import { within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";

export interface Webhook {
  readonly url: string;
  /** Signs what is sent. */
  readonly secret: string;
}

/** Resolves to whether it was taken: answered 2xx, in time. `id`: the same for the same message. */
export async function tellWebhook(
  webhook: Webhook,
  id: string,
  at: number,
  message: object,
): Promise<boolean> {
  const body = JSON.stringify(message);
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac("sha256", webhook.secret)
    .update(`${id}.${timestamp}.${body}`)
    .digest("base64");
  const abort = new AbortController();
  const sent = fetch(webhook.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    body,
    redirect: "manual",
    signal: abort.signal,
  });
  try {
    const response = await within(sent, LIMITS.webhook_ms_max, () => null);
    if (response === null) abort.abort();
    await response?.body?.cancel();
    return response?.ok ?? false;
  } catch {
    return false;
  }
}
