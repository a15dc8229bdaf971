/**
 * What a single word of the configuration may be: each check returns null, or what is wrong and what to do. Pure.
 * Every pattern is a character class or a fixed sequence, so none takes more than one pass.
 */

/** Where routes live. Nothing of the control plane does or ever will, so the two cannot collide. */
export const INGEST_PREFIX = "/ingest/";

/** Where receivers of webhooks live, and nothing else. */
const SOURCES_PREFIX = "/sources/";

const PATH_CHARS_MAX = 200;
const POINTER_SEGMENTS_MAX = 64;
/** The framing of the request is the gate's; the rest would change how the upstream reads the body. */
const OWN_HEADERS = [
  "accept-encoding",
  "connection",
  "content-digest",
  "content-encoding",
  "content-length",
  "content-type",
  "cookie",
  "expect",
  "host",
  "idempotency-key",
  "keep-alive",
  "signature",
  "signature-input",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

export function checkId(id: string): string | null {
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) return null;
  return "write 1 to 64 lower-case letters, digits and hyphens, beginning with a letter or digit";
}

export function checkPath(path: string): string | null {
  return checkPathBelow(INGEST_PREFIX, path);
}

export function checkSourcePath(path: string): string | null {
  return checkPathBelow(SOURCES_PREFIX, path);
}

function checkPathBelow(prefix: string, path: string): string | null {
  if (!path.startsWith(prefix)) {
    return `begin it with ${prefix}, so that it can never hide a path of the control plane`;
  }
  if (!/^[A-Za-z0-9._~/-]+$/.test(path)) {
    return "paths are exact: write only letters, digits and . _ ~ - / in it";
  }
  const segments = path.slice(1).split("/");
  if (segments.includes("")) return "write it without // and without a slash at the end";
  if (path.includes("..") || segments.includes(".")) return "write it without dot segments and without ..";
  if (path.length > PATH_CHARS_MAX) return `write at most ${PATH_CHARS_MAX} characters`;
  return null;
}

export function checkHost(host: string): string | null {
  if (/^[^:]*:\d+$|\]:\d+$/.test(host)) return "write the host name without a port";
  const plain = /^[a-z0-9.-]+$/.test(host) || /^\[[0-9a-f:]+\]$/.test(host);
  const labels = host.split(".");
  const sound =
    plain &&
    host.length <= 253 &&
    labels.every(
      (label) => label !== "" && label.length <= 63 && !label.startsWith("-") && !label.endsWith("-"),
    ) &&
    URL.canParse(`http://${host}`) &&
    new URL(`http://${host}`).hostname === host;
  return sound ? null : "write a host name as clients send it: lower case, no scheme, no port, no path";
}

export function checkUpstreamUrl(text: string): string | null {
  if (!URL.canParse(text)) return "write a whole URL, such as https://training.example/v1/records";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return "remove the credentials and name a secret in headers_from_secrets instead";
  }
  if (text.includes("?") || text.includes("#")) return "write it without query and without fragment";
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return "use https; http is for loopback only (localhost, 127.0.0.0/8, [::1])";
  }
  if (url.href !== text) return `write it as it will be sent: ${url.href}`;
  return null;
}

/** The same for two URLs that reach the same place. The URL must have passed `checkUpstreamUrl`. */
export function destination(text: string): string {
  const url = new URL(text);
  const host = isLoopback(url.hostname) ? "loopback" : url.hostname.replace(/\.$/, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  let end = url.pathname.length;
  while (end > 0 && url.pathname[end - 1] === "/") end -= 1;
  return `${host}:${port}${url.pathname.slice(0, end)}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

export function checkHeaderName(name: string): string | null {
  if (!/^[a-z0-9-]{1,64}$/.test(name))
    return "write the header's name in lower-case letters, digits and hyphens";
  if (OWN_HEADERS.includes(name) || name.startsWith("proxy-") || name.startsWith("tenfour-")) {
    return "the gate sets this header or never sends it; remove it";
  }
  return null;
}

export function checkSecretName(name: string): string | null {
  if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(name)) {
    return "name the secret that holds the value, such as TRAINING_API_KEY, never the value itself";
  }
  if (name.startsWith("TENFOUR_")) return "the gate's own secrets are never sent anywhere; name another one";
  return null;
}

export function checkMediaType(type: string): string | null {
  if (/^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/.test(type)) return null;
  return "write one media type in lower case without parameters or wildcards, such as application/json";
}

/** The names at which the strict JSON profile lets the gate look. */
export function checkMemberName(name: string): string | null {
  if (name === "__proto__") return "a record may not hold __proto__; name another member";
  return /^[\x20-\x7e]{1,256}$/.test(name) ? null : "write 1 to 256 printable ASCII characters";
}

/** Keys of telemetry's attributes that are written alike in JSON and elsewhere. */
export function checkAttributeKey(key: string): string | null {
  return /^[A-Za-z0-9._:/@-]{1,128}$/.test(key) ? null : "write 1 to 128 of A-Z a-z 0-9 . _ : / @ -";
}

/** Names of a form's parts that no two readers of a Content-Disposition read differently. */
export function checkPartName(name: string): string | null {
  if (name === "_charset_") return "a form may not hold _charset_; name another part";
  return /^[A-Za-z0-9._:[\]-]{1,64}$/.test(name) ? null : "write 1 to 64 of A-Z a-z 0-9 . _ : [ ] -";
}

export function checkPointer(pointer: string): string | null {
  if (!pointer.startsWith("/")) return "write a JSON Pointer into the record, such as /context/account";
  if (/~[^01]|~$/.test(pointer)) return "in a JSON Pointer write ~0 for ~ and ~1 for /";
  const segments = segmentsOf(pointer);
  if (segments.length > POINTER_SEGMENTS_MAX) return `write at most ${POINTER_SEGMENTS_MAX} segments`;
  if (segments.includes("")) return "remove the empty segment";
  for (const segment of segments) {
    const problem = checkMemberName(segment);
    if (problem !== null) return problem;
  }
  return null;
}

/** A pointer to one place: without `*`. */
export function checkSinglePointer(pointer: string): string | null {
  if (segmentsOf(pointer).includes("*")) return "point at one member: * is not possible here";
  return checkPointer(pointer);
}

/** A pointer into the elements of one array at most. */
export function checkListPointer(pointer: string): string | null {
  const stars = segmentsOf(pointer).filter((segment) => segment === "*").length;
  if (stars > 1 || pointer.startsWith("/*"))
    return "point into one array of the record: * is possible once, after its name";
  return checkPointer(pointer);
}

/** The names along a pointer, unescaped. */
export function segmentsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function checkInstant(text: string): string | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const [year, month, day] = (found ?? []).slice(1, 4).map(Number);
  const real =
    year !== undefined &&
    month !== undefined &&
    day !== undefined &&
    !Number.isNaN(Date.parse(text)) &&
    day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  return real ? null : "write an instant as RFC 3339 has it, such as 2026-11-01T09:00:00Z";
}

/** An issuer or an audience: compared byte for byte, and written in records. */
export function checkIssuer(text: string): string | null {
  return /^[\x21-\x7e]{1,256}$/.test(text)
    ? null
    : "write it exactly as tokens have it, 1 to 256 printable ASCII characters without spaces";
}

/** An id of an account, as tokens and records have it. */
export function checkAccountId(id: string): string | null {
  return /^[\x21-\x7e]{1,256}$/.test(id) ? null : "write an account's id";
}

/** A member of a token's payload. */
export function checkClaimName(name: string): string | null {
  if (["iss", "aud", "exp", "nbf", "iat", "jti", "__proto__"].includes(name)) {
    return "that claim says something else; name another";
  }
  return /^[\x21-\x7e]{1,256}$/.test(name) ? null : "write the name of a claim";
}

/** A length of time, as ISO 8601 writes it. */
export function checkDuration(text: string): string | null {
  return /^P(?=\d)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,5}D)?$/.test(text)
    ? null
    : "write a duration as ISO 8601 has it, such as P6M";
}

export function checkSentence(text: string): string | null {
  if (text.trim() === "") return "must not be empty: say who or why, in words";
  return text.length <= 500 ? null : "write at most 500 characters";
}
