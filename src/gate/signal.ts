/**
 * What the request says about training: `Content-Usage: train-ai=n` (IETF AIPREF, a Structured Fields dictionary, RFC 9651). It may tighten,
 * never grant; what cannot be read denies.
 */
import type { Signal } from "../content/shape.ts";

const MEMBER =
  /^[a-z*][a-z0-9_.*-]*(=[A-Za-z*0-9?:/._-]+)?(;[ ]*[a-z*][a-z0-9_.*-]*(=[A-Za-z*0-9?:/._-]+)?)*$/;

export function readSignal(headers: Headers): Signal {
  const value = headers.get("content-usage");
  if (value === null) return "none";
  let signal: Signal = "none";
  for (const member of value.split(",").map((part) => part.trim())) {
    if (!MEMBER.test(member)) return "malformed";
    const [key, said] = member.split(";")[0]!.split("=");
    if (key !== "train-ai") continue;
    if (said === "n") signal = "disallows";
    else if (said !== "y") return "malformed";
  }
  return signal;
}
