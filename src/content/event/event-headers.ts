/**
 * The attributes of a CloudEvent in binary mode, as HTTP headers carry them. Strict: a value that two readers could take for different ones, or
 * that came twice, is none. Pure; decides nothing.
 */

export const EVENT_HEADER_PREFIX = "ce-";
/** Its presence makes a request an event in binary mode. */
export const EVENT_VERSION_HEADER = "ce-specversion";

export interface EventHead {
  /** By name, without `ce-`: what each says, decoded. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Of its data, in lower case, without parameters. */
  readonly mediaType: string;
}

/** Attributes that headers may not carry: they are the body, and its type. */
const BODY_ATTRIBUTES = ["data", "datacontenttype"];
const VALUE_CHARS_MAX = 4_096;

/** null: some header is not as the HTTP binding has it, or the event is of another version. */
export function readEventHead(
  headers: Iterable<readonly [string, string]>,
  mediaType: string,
): EventHead | null {
  const attributes = new Map<string, string>();
  for (const [header, value] of headers) {
    if (!header.startsWith(EVENT_HEADER_PREFIX)) continue;
    const name = header.slice(EVENT_HEADER_PREFIX.length);
    const text = decodeAttribute(value);
    if (!/^[a-z0-9]{1,64}$/.test(name) || BODY_ATTRIBUTES.includes(name) || text === null) return null;
    attributes.set(name, text);
  }
  return attributes.get("specversion") === "1.0" ? { attributes, mediaType } : null;
}

/**
 * Percent-decoding, once: what is encoded must have to be, and be UTF-8 without control characters. A comma with a space is how a header that
 * came twice looks; text between quotes is read as they are by some, and without by others.
 */
export function decodeAttribute(value: string): string | null {
  if (!/^[\x20-\x7e]+$/.test(value) || value.length > VALUE_CHARS_MAX) return null;
  if (value.includes('"') || value.includes(", ") || value !== value.trim()) return null;
  let text: string;
  try {
    text = decodeURIComponent(value);
  } catch {
    return null;
  }
  if (/\p{Cc}/u.test(text)) return null;
  const written = value.replaceAll(" ", "%20").replaceAll(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
  return encodeAttribute(text) === written ? text : null;
}

/** As the binding writes it: space, quote, percent, and all that is not printable ASCII. */
function encodeAttribute(text: string): string {
  return text.replaceAll(/[^\x21\x23\x24\x26-\x7e]/gu, (character) => encodeURIComponent(character));
}
