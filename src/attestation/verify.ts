/**
 * Whether a request came through the gate, for this endpoint, once, and as the gate sent it. Run by the upstream. Anything that is not as the gate
 * signs it is refused. Pure but for WebCrypto and the store it is given.
 */
import { fromBase64 } from "../base/base64.ts";
import { verifyWith } from "../base/ed25519.ts";
import type { VerifierKey } from "../ledger/note-keys.ts";
import { contentDigest } from "./content-digest.ts";
import {
  CONFIGURATION,
  CONTENT_DIGEST,
  COVERED,
  EXCHANGE,
  PURPOSE,
  ROUTE,
  SIGNATURE,
  SIGNATURE_INPUT,
  VALID_S,
} from "./fields.ts";
import type { ReplayStore } from "./replay.ts";
import { keyIdOf } from "./sign.ts";
import {
  type Components,
  isFieldValue,
  ourMember,
  type Parameters,
  parseParameters,
  signatureBase,
} from "./signature-base.ts";

export interface Received {
  readonly method: string;
  /** Null: there is no such header. Several lines of one are joined by `, `. */
  readonly header: (name: string) => string | null;
  /** The whole body, read only where its digest was sent; null: not to be had. */
  readonly body: () => Promise<Uint8Array | null>;
}

export interface UpstreamPolicy {
  /** Of the gate. */
  readonly keys: readonly VerifierKey[];
  /** The URL the gate's configuration has for this endpoint, to the letter. Never taken from the request. */
  readonly target: string;
  /** Routes that may send here. */
  readonly routes: readonly string[];
  /** Purposes it may be for; absent: any that a signed route has. */
  readonly purposes?: readonly string[];
  /** Digests of configurations that were agreed to; absent: any. */
  readonly configurations?: readonly string[];
  /** Whether to refuse bodies whose digest was not sent, which is so for long ones. */
  readonly digestRequired?: boolean;
  readonly replay: ReplayStore;
  /** How far clocks may differ, s: 30 if absent. */
  readonly skew_s?: number;
}

export type RefusalCode =
  | "not_attested"
  | "malformed"
  | "unknown_key"
  | "bad_signature"
  | "expired"
  | "not_yet_valid"
  | "wrong_route"
  | "wrong_purpose"
  | "wrong_configuration"
  | "digest_missing"
  | "digest_mismatch"
  | "replayed"
  | "replay_store_full";

export interface Attestation {
  readonly exchange: string;
  readonly route: string;
  readonly purpose: string;
  readonly configuration: string;
  readonly keyId: string;
  /** Whether the body was checked against its digest. */
  readonly bodyChecked: boolean;
}

export type Attested =
  | { readonly ok: true; readonly attestation: Attestation }
  | { readonly ok: false; readonly code: RefusalCode };

const SKEW_S = 30;

/** `now`: Unix milliseconds. */
export async function verifyAttestation(
  received: Received,
  policy: UpstreamPolicy,
  now: number,
): Promise<Attested> {
  const refused = (code: RefusalCode): Attested => ({ ok: false, code });
  const signed = readSignature(received);
  if (typeof signed === "string") return refused(signed);
  const { names, parameters, text, signature } = signed;
  const components = componentsOf(received, policy.target, names);
  if (components === null) return refused("malformed");
  const key = policy.keys.find((one) => keyIdOf(one) === parameters.keyId);
  if (key === undefined) return refused("unknown_key");
  const base = new TextEncoder().encode(signatureBase(components, text));
  if (!(await verifyWith(key.key, base, signature))) return refused("bad_signature");
  const value = new Map(components);
  const attestation = {
    exchange: value.get(EXCHANGE)!,
    route: value.get(ROUTE)!,
    purpose: value.get(PURPOSE)!,
    configuration: value.get(CONFIGURATION)!,
    keyId: parameters.keyId,
    bodyChecked: names.includes(CONTENT_DIGEST),
  };
  const unfit = outOfTime(parameters, policy, now) ?? notForHere(attestation, policy);
  if (unfit !== null) return refused(unfit);
  if (attestation.bodyChecked) {
    const body = await received.body();
    if (body === null || contentDigest(body) !== value.get(CONTENT_DIGEST)) return refused("digest_mismatch");
  }
  // Last, so that a request that is refused for another reason does not use up the one that is not.
  const until = (parameters.expires + skewOf(policy)) * 1000;
  const claim = await policy.replay.claim(attestation.exchange, until, now);
  if (claim === "seen") return refused("replayed");
  if (claim === "full") return refused("replay_store_full");
  return { ok: true, attestation };
}

interface Signed {
  readonly names: readonly string[];
  readonly parameters: Parameters;
  readonly text: string;
  readonly signature: Uint8Array;
}

function readSignature({ header }: Received): Signed | RefusalCode {
  const [input, encoded] = [header(SIGNATURE_INPUT), header(SIGNATURE)];
  if (input === null || encoded === null) return "not_attested";
  const [text, value] = [ourMember(input), ourMember(encoded)];
  if (text === null || value === null) return "not_attested";
  const parsed = parseParameters(text);
  const signature = fromBase64(/^:([A-Za-z0-9+/=]+):$/.exec(value)?.[1] ?? "");
  if (parsed === null || signature === null) return "malformed";
  return { ...parsed, text, signature };
}

/** null if they are not those the gate signs: a header with the digest of a body must be among them. */
function componentsOf(
  { method, header }: Received,
  target: string,
  names: readonly string[],
): Components | null {
  const expected = header(CONTENT_DIGEST) === null ? COVERED : [...COVERED, CONTENT_DIGEST];
  if (names.join(" ") !== expected.join(" ")) return null;
  const components = names.map((name) => {
    if (name === "@method") return [name, method] as const;
    return [name, name === "@target-uri" ? target : (header(name) ?? "")] as const;
  });
  return components.every(([, value]) => isFieldValue(value)) ? components : null;
}

function outOfTime(parameters: Parameters, policy: UpstreamPolicy, now: number): RefusalCode | null {
  const { created, expires } = parameters;
  const skew = skewOf(policy);
  if (created - skew > now / 1000) return "not_yet_valid";
  if (expires < created || expires > created + VALID_S || expires + skew < now / 1000) return "expired";
  return null;
}

function notForHere(attestation: Attestation, policy: UpstreamPolicy): RefusalCode | null {
  const { route, purpose, configuration, bodyChecked } = attestation;
  if (!policy.routes.includes(route)) return "wrong_route";
  if (policy.purposes?.includes(purpose) === false) return "wrong_purpose";
  if (policy.configurations?.includes(configuration) === false) return "wrong_configuration";
  return policy.digestRequired === true && !bodyChecked ? "digest_missing" : null;
}

function skewOf({ skew_s = SKEW_S }: UpstreamPolicy): number {
  return skew_s;
}
