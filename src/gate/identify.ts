/** Identify: which producer is this, and may it use this route? From its key alone; the database may be away. */
import { readCredential } from "../identity/credential.ts";
import { verifyProducerKey } from "../identity/producer-key.ts";
import { Fault } from "./fault.ts";
import type { Route } from "./routes.ts";

export interface Producer {
  readonly id: string;
  readonly keyId: string;
  /** `"*"` stands for every account. */
  readonly accounts: readonly string[];
}

/** Throws a `Fault`. Revocation is not known from the key: the look-up or the revocation list tells. */
export async function identify(
  headers: Headers,
  route: Route,
  secrets: readonly string[],
  now: number,
): Promise<Producer> {
  const key = readCredential(headers.get("authorization") ?? "");
  if (key === null) throw new Fault("key_missing");
  const verified = await verifyProducerKey(key, secrets, now);
  if (!verified.ok) throw new Fault(verified.fault);
  const { id, producer, accounts, routes } = verified.key;
  if (!routes.includes(route.id)) throw new Fault("route_not_permitted");
  return { id: producer, keyId: id, accounts };
}
