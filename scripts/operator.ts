/** Calls of `/v1` with the operator's token. Knows no resource. */
import type { RunningGate } from "./run-gate.ts";

export type Operator = <T = Record<string, unknown>>(
  method: "GET" | "PUT" | "POST" | "DELETE",
  path: string,
  body?: unknown,
) => Promise<T>;

/** What it gives throws, with the answer in the message, unless that is 2xx. */
export function operatorOf({ url, secrets }: Pick<RunningGate, "url" | "secrets">): Operator {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${secrets.TENFOUR_OPERATOR_TOKEN}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === "" ? null : JSON.parse(text)) as T;
  };
}
