/** A port whose rejections are one fault: whatever went wrong behind it, it could not be read or written. */
import { type ControlFault, Refusal } from "./fault.ts";

export function reachable<T extends object>(
  port: T,
  code: Extract<ControlFault["code"], "state_unavailable" | "evidence_unavailable">,
): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        try {
          return await member.apply(target, args);
        } catch {
          throw new Refusal({ code });
        }
      };
    },
  });
}
