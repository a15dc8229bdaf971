/** Reads a body of /v1: strict JSON, at most so many bytes, counted as they come. Understands nothing of it. */
import { LIMITS } from "../config/limits.ts";
import { JsonScanner } from "../content/json/scan.ts";
import { compilePlan } from "../content/pointer.ts";
import { refuse } from "./fault.ts";

const JSON_TYPE = /^application\/json[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

/** The JSON value of the body. Refuses another media type, a content coding, too many bytes, and what is not strict JSON. */
export async function readJson(request: Request): Promise<unknown> {
  checkType(request);
  return parse(await readBytes(request));
}

/** As `readJson`, and beside it those of the named members that are there, as the bytes that came. */
export async function readJsonMembers<Name extends string>(
  request: Request,
  names: readonly Name[],
): Promise<{ readonly body: unknown; readonly members: Readonly<Partial<Record<Name, Uint8Array>>> }> {
  checkType(request);
  const bytes = await readBytes(request);
  const body = parse(bytes);
  const plan = compilePlan(names.map((name) => `/${name}`));
  if (new JsonScanner(plan, false).scan(bytes, 0, bytes.length) < 0) refuse({ code: "json_invalid" });
  const members: Partial<Record<Name, Uint8Array>> = {};
  for (const name of names) {
    const value = plan.captures.first[plan.slotOf(`/${name}`)]!;
    if (value >= 0) members[name] = bytes.slice(plan.captures.start[value], plan.captures.end[value]);
  }
  return { body, members };
}

/** As `readJson`; an empty body is `{}`, whatever its type. */
export async function readOptionalJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return {};
  checkType(request);
  return parse(bytes);
}

/** Whether it may be read as JSON: so declared, or empty. */
export function isJson(request: Request): boolean {
  const type = request.headers.get("Content-Type");
  return type === null || JSON_TYPE.test(type);
}

function checkType(request: Request): void {
  if (!JSON_TYPE.test(request.headers.get("Content-Type") ?? ""))
    refuse({ code: "content_type_unsupported" });
}

function parse(bytes: Uint8Array): unknown {
  // The scanner refuses what readers disagree about, such as a member given twice; the parser, trailing bytes.
  if (new JsonScanner(compilePlan([]), false).scan(bytes, 0, bytes.length) < 0)
    refuse({ code: "json_invalid" });
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    refuse({ code: "json_invalid" });
  }
}

/** At most as many as a body may have, counted as they come. */
export async function readBytes(request: Request): Promise<Uint8Array> {
  const bytesMax = LIMITS.control_body_bytes_max;
  if (request.headers.has("Content-Encoding")) refuse({ code: "content_coding_unsupported" });
  if (Number(request.headers.get("Content-Length") ?? 0) > bytesMax)
    refuse({ code: "body_too_large", bytesMax });
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    length += chunk.length;
    if (length > bytesMax) refuse({ code: "body_too_large", bytesMax });
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
