/**
 * What stands before a part of multipart/form-data: its name, its file name, its type. RFC 7578, and stricter: whatever two parsers could read
 * differently is refused. Pure.
 */
import type { ContentFaultCode } from "../fault.ts";

export interface PartHead {
  readonly name: string;
  /** null: a field, not a file. */
  readonly filename: string | null;
  /** Media type in lower case, without parameters; null: none was given. */
  readonly type: string | null;
}

const HEADER = /^([A-Za-z0-9-]+):[ \t]*([\x20-\x7e\x80-\xff]*?)[ \t]*$/;
const PARAMETER = /;[ \t]*([A-Za-z]+)="([^"\\]*)"/y;
const NAME = /^[A-Za-z0-9._:[\]-]{1,64}$/;
const READ = ["content-disposition", "content-type"];

/** `text`: the header lines, a character a byte, without the empty line after them. */
export function readPartHead(text: string): PartHead | ContentFaultCode {
  const headers = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const match = HEADER.exec(line);
    if (match === null) return "multipart_invalid";
    const name = match[1]!.toLowerCase();
    if (name === "content-transfer-encoding" || headers.has(name)) return "multipart_invalid";
    if (READ.includes(name)) headers.set(name, match[2]!);
  }
  const named = readDisposition(headers.get("content-disposition") ?? "");
  if (named === null) return "multipart_invalid";
  const type = readType(headers.get("content-type"));
  if (type?.startsWith("multipart/")) return "multipart_invalid";
  return type === undefined ? "part_type_unsupported" : { ...named, type };
}

function readDisposition(value: string): Pick<PartHead, "name" | "filename"> | null {
  if (!/^form-data;/i.test(value)) return null;
  const parameters = new Map<string, string>();
  let at = "form-data".length;
  while (at < value.length) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(value);
    if (match === null) return null;
    const [, key = "", text = ""] = match;
    const parameter = key.toLowerCase();
    if (!["name", "filename"].includes(parameter) || parameters.has(parameter)) return null;
    parameters.set(parameter, text);
    at = PARAMETER.lastIndex;
  }
  const name = parameters.get("name") ?? "";
  if (!NAME.test(name) || name === "_charset_") return null;
  return { name, filename: parameters.get("filename") ?? null };
}

/** undefined: one the gate cannot read. */
function readType(value: string | undefined): string | null | undefined {
  if (value === undefined) return null;
  const [type = "", ...parameters] = value.split(";").map((part) => part.trim().toLowerCase());
  if (!/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(type)) return undefined;
  if (type.startsWith("multipart/")) return type;
  return parameters.every((parameter) => /^charset="?utf-?8"?$/.test(parameter)) ? type : undefined;
}
