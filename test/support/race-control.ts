/**
 * A process of its own that writes consent over HTTP when its parent says so, and tells when it was acknowledged. Forked by the races.
 */
export interface Order {
  readonly id: number;
  readonly method: "POST" | "DELETE";
  readonly url: string;
  readonly token: string;
  readonly body: unknown;
}

export interface Acknowledged {
  readonly id: number;
  readonly status: number;
  /** When the answer had come, Unix milliseconds; the clock is the machine's, and so the same in every process. */
  readonly at: number;
  readonly text: string;
}

async function carryOut({ id, method, url, token, body }: Order): Promise<Acknowledged> {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
  const at = Date.now();
  return { id, status: answer.status, at, text: await answer.text() };
}

process.on("message", (order: Order) => {
  carryOut(order)
    .catch((error): Acknowledged => ({ id: order.id, status: 0, at: Date.now(), text: String(error) }))
    .then((acknowledged) => process.send?.(acknowledged));
});
process.on("disconnect", () => process.exit(0));
