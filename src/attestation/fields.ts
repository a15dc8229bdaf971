/** What a forwarded request says of itself, and what of it the gate signs. Words only. */

/** The gate's signature among others a request may carry, and what it is for. */
export const LABEL = "tenfour";
export const TAG = "tenfour-gate";

export const EXCHANGE = "tenfour-exchange";
export const ROUTE = "tenfour-route";
export const PURPOSE = "tenfour-purpose";
export const CONFIGURATION = "tenfour-configuration";
export const CONTENT_DIGEST = "content-digest";
export const SIGNATURE_INPUT = "signature-input";
export const SIGNATURE = "signature";

/** What is signed of every request, in this order; `content-digest` after it where the whole body was known. */
export const COVERED = ["@method", "@target-uri", EXCHANGE, ROUTE, PURPOSE, CONFIGURATION] as const;

/** How long after it was signed a request may arrive, s: its headers leave at once, only its body may take long. */
export const VALID_S = 60;
