/** Whose token is this? The operator's own, or one of a configured issuer. Decides nothing of what they may. */
import type { PersonVerifier } from "../identity/person-token.ts";
import type { Asking } from "./asking.ts";
import { operatorCheck } from "./authorize.ts";
import { RECORDED_BY } from "./deps.ts";
import { Refusal, refuse } from "./fault.ts";

/** A compact JWS: the operator's token holds no dot. */
const JWS = /^Bearer +([\x21-\x7e]+\.[\x21-\x7e]*\.[\x21-\x7e]*)$/i;

const THE_OPERATOR: Asking = {
  role: "operator",
  account: null,
  conversation: null,
  person: null,
  recordedBy: RECORDED_BY,
};

export type Authenticate = (authorization: string | null) => Promise<Asking>;

/** Throws a TypeError on an operator token that no header could carry. */
export function authenticator(operatorToken: string, verifyPerson: PersonVerifier): Authenticate {
  const checkOperator = operatorCheck(operatorToken);
  return async (authorization) => {
    const token = authorization === null ? undefined : JWS.exec(authorization)?.[1];
    if (token === undefined) {
      checkOperator(authorization);
      return THE_OPERATOR;
    }
    const verified = await verifyPerson(token);
    if (!verified.ok) refuse(verified.fault);
    const { role, account, conversation, person, subject, issuer } = verified.person;
    return { role, account, conversation, person, recordedBy: `${role} ${subject} of ${issuer}` };
  };
}

/** Whether it says that the token was refused, rather than that it could not be checked. */
export function isRefusedToken(error: unknown): boolean {
  return error instanceof Refusal && /^token_/.test(error.fault.code) && error.fault.code !== "token_missing";
}
