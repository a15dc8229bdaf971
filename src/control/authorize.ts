/** Is this the operator? Compares digests in constant time, whatever the length of what was sent. */
import { createHash, timingSafeEqual } from "node:crypto";
import { refuse } from "./fault.ts";

const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** Throws a TypeError on an operator token that no header could carry. */
export function operatorCheck(operatorToken: string): (authorization: string | null) => void {
  if (!BEARER.test(`Bearer ${operatorToken}`)) {
    throw new TypeError("TENFOUR_OPERATOR_TOKEN must be random bytes in base64url.");
  }
  const expected = digest(operatorToken);
  return (authorization) => {
    if (authorization === null) refuse({ code: "token_missing" });
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined || !timingSafeEqual(digest(token), expected)) refuse({ code: "token_wrong" });
  };
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
