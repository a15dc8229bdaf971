/** Who asks, within the limits of how often they may: for every door of the control plane. Decides nothing of what they may do. */
import type { Asking } from "./asking.ts";
import { authenticator, isRefusedToken } from "./authenticate.ts";
import type { ControlDeps } from "./deps.ts";
import { countFailure, countRequest } from "./rate-limits.ts";

export type WhoAsks = (headers: Headers) => Promise<Asking>;

/** Throws a TypeError if the operator token cannot be one. What it gives throws a `Refusal`. */
export function whoAsks(deps: ControlDeps): WhoAsks {
  const authenticate = authenticator(deps.operatorToken, deps.verifyPerson);
  return async (headers) => {
    let asking: Asking;
    try {
      asking = await authenticate(headers.get("Authorization"));
    } catch (error) {
      if (isRefusedToken(error)) {
        await countFailure(deps.rateLimits, headers.get("CF-Connecting-IP") ?? "unknown");
      }
      throw error;
    }
    const { recordedBy, account, conversation } = asking;
    await countRequest(deps.rateLimits, JSON.stringify([recordedBy, account, conversation]));
    return asking;
  };
}
