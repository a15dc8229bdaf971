/** The text that an HTTP message signature signs (RFC 9421, section 2.5), and the parameters of ours. Pure. */
import { LABEL, TAG } from "./fields.ts";

/** Of a component, by its name: a derived one (`@method`) or a header field in lower case. */
export type Components = readonly (readonly [name: string, value: string])[];

export interface Parameters {
  /** Unix seconds. */
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly keyId: string;
}

/** `parameters`: the inner list with its parameters, as in `Signature-Input`. */
export function signatureBase(components: Components, parameters: string): string {
  const lines = components.map(([name, value]) => `"${name}": ${value}`);
  return [...lines, `"@signature-params": ${parameters}`].join("\n");
}

export function innerList(names: readonly string[]): string {
  return `(${names.map((name) => `"${name}"`).join(" ")})`;
}

export function formatParameters(names: readonly string[], parameters: Parameters): string {
  const { created, expires, nonce, keyId } = parameters;
  return `${innerList(names)};created=${created};expires=${expires};nonce="${nonce}";keyid="${keyId}";alg="ed25519";tag="${TAG}"`;
}

/** Whether a value can stand in a header and in a signature base: printable ASCII, no space at an end. */
export function isFieldValue(value: string): boolean {
  return /^[!-~]([ -~]*[!-~])?$/.test(value);
}

const OURS =
  /^\(("[a-z@-]+"(?: "[a-z@-]+")*)\);created=(\d{1,12});expires=(\d{1,12});nonce="([!#-[\]-~]{1,128})";keyid="([!#-[\]-~]{1,256})";alg="ed25519";tag="tenfour-gate"$/;

/** The names covered and the parameters, if the text is as `formatParameters` writes it; else null. */
export function parseParameters(text: string): { names: string[]; parameters: Parameters } | null {
  const [, list, created, expires, nonce, keyId] = OURS.exec(text) ?? [];
  if (list === undefined) return null;
  const names = list.slice(1, -1).split('" "');
  const parameters = { created: Number(created), expires: Number(expires), nonce: nonce!, keyId: keyId! };
  return formatParameters(names, parameters) === text ? { names, parameters } : null;
}

/**
 * The value of our member of a dictionary (RFC 9651) in a header, which other signers may have added to. null: it is not there. `twice`: it is
 * there more than once, or the header is no dictionary.
 */
export function ourMember(header: string): string | null | "twice" {
  const members = membersOf(header);
  if (members === null) return "twice";
  const ours = members.filter((member) => member.startsWith(`${LABEL}=`));
  if (ours.length > 1) return "twice";
  return ours[0]?.slice(LABEL.length + 1) ?? null;
}

/** Split at commas that are not within a string. */
function membersOf(header: string): string[] | null {
  const members = header.match(/(?:"(?:[^"\\]|\\["\\])*"|[^",])+/g) ?? [];
  return members.join(",") === header ? members.map((member) => member.trim()) : null;
}
