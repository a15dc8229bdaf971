/**
 * What a request says about training: `Content-Usage: train-ai=n` (IETF AIPREF, a Structured Fields dictionary, RFC 9651). It may tighten,
 * never grant; what cannot be read denies. Pure.
 */
import type { Signal } from "../content/shape.ts";

const MEMBER =
  /^[a-z*][a-z0-9_.*-]*(=[A-Za-z*0-9?:/._-]+)?(;[ ]*[a-z*][a-z0-9_.*-]*(=[A-Za-z*0-9?:/._-]+)?)*$/;

/** `contentUsage` is the header's value; null: there is none. */
export function readSignal(contentUsage: string | null): Signal {
  if (contentUsage === null) return "none";
  let signal: Signal = "none";
  for (const member of contentUsage.split(",").map((part) => part.trim())) {
    if (!MEMBER.test(member)) return "malformed";
    const [key, said] = member.split(";")[0]!.split("=");
    if (key !== "train-ai") continue;
    if (said === "n") signal = "disallows";
    else if (said !== "y") return "malformed";
  }
  return signal;
}
