/**
 * The gate's word for a request it forwards: an HTTP message signature (RFC 9421, Ed25519) over where it goes, the exchange, the route, the
 * purpose and the configuration it was decided under. Sends nothing, and gives way to nothing: what was checked last is still so when it returns.
 */
import { randomBytes } from "node:crypto";
import { toBase64, toBase64Url } from "../base/base64.ts";
import type { PromptSigner } from "../ledger/note-keys.ts";
import {
  CONFIGURATION,
  CONTENT_DIGEST,
  COVERED,
  EXCHANGE,
  LABEL,
  PURPOSE,
  ROUTE,
  SIGNATURE,
  SIGNATURE_INPUT,
  VALID_S,
} from "./fields.ts";
import { type Components, formatParameters, isFieldValue, signatureBase } from "./signature-base.ts";

export interface Forwarded {
  readonly method: string;
  /** The upstream's URL, as configured. */
  readonly targetUri: string;
  readonly exchange: string;
  readonly route: string;
  readonly purpose: string;
  readonly configuration: string;
  /** Of `contentDigest()`; null: the whole body is not known yet. */
  readonly contentDigest: string | null;
}

/**
 * The headers to send with the request, by their names in lower case. `now`: Unix milliseconds. Throws a `RangeError` if a value cannot
 * stand in a header.
 */
export function attestationHeaders(
  forwarded: Forwarded,
  signer: PromptSigner,
  now: number,
  nonce: string = toBase64Url(randomBytes(16)),
): Readonly<Record<string, string>> {
  const fields: Components = [
    [EXCHANGE, forwarded.exchange],
    [ROUTE, forwarded.route],
    [PURPOSE, forwarded.purpose],
    [CONFIGURATION, forwarded.configuration],
    ...(forwarded.contentDigest === null ? [] : [[CONTENT_DIGEST, forwarded.contentDigest] as const]),
  ];
  const components: Components = [
    ["@method", forwarded.method],
    ["@target-uri", forwarded.targetUri],
    ...fields,
  ];
  if (!components.every(([, value]) => isFieldValue(value))) throw new RangeError("not a header's value");
  const names = forwarded.contentDigest === null ? COVERED : [...COVERED, CONTENT_DIGEST];
  const created = Math.floor(now / 1000);
  const keyId = keyIdOf(signer);
  const parameters = formatParameters(names, { created, expires: created + VALID_S, nonce, keyId });
  const signature = signer.sign(new TextEncoder().encode(signatureBase(components, parameters)));
  return {
    ...Object.fromEntries(fields),
    [SIGNATURE_INPUT]: `${LABEL}=${parameters}`,
    [SIGNATURE]: `${LABEL}=:${toBase64(signature)}:`,
  };
}

/** What `keyid` says of a key. */
export function keyIdOf({ name, id }: Pick<PromptSigner, "name" | "id">): string {
  return `${name}+${id}`;
}
