/** Who may say what. The operator may refuse and revoke, never give. */
import type { AnsweredBy } from "./asking.ts";
import { refuse } from "./fault.ts";

export { ROLES } from "../config/identity.ts";

interface Permission {
  readonly roles: readonly string[];
  /** To whoever asked for it in another role. */
  readonly may: string;
}

const ACCOUNT_SIDE = "an owner or admin of the account";
const HOST_SIDE = "a person hosting the conversation now (role host)";

const OF_ACCOUNT: Readonly<Record<string, Permission>> = {
  enabled: { roles: ["owner", "admin"], may: ACCOUNT_SIDE },
  disabled: { roles: ["owner", "admin", "operator"], may: `${ACCOUNT_SIDE}, or the operator` },
  given: { roles: ["owner", "admin"], may: `${ACCOUNT_SIDE}; never from the operator` },
  refused: { roles: ["owner", "admin", "operator"], may: `${ACCOUNT_SIDE}, or the operator` },
  withdrawn: { roles: ["owner", "admin"], may: `${ACCOUNT_SIDE}; the operator sends revoked` },
  revoked: { roles: ["operator"], may: `the operator; ${ACCOUNT_SIDE} sends withdrawn` },
};

const OF_HOST: Readonly<Record<string, Permission>> = {
  given: { roles: ["host"], may: `${HOST_SIDE}; never from the operator` },
  refused: { roles: ["host", "operator"], may: `${HOST_SIDE}, or the operator` },
  withdrawn: { roles: ["host"], may: `${HOST_SIDE} or whoever gave it; the operator sends revoked` },
  revoked: { roles: ["operator"], may: `the operator; ${HOST_SIDE} sends withdrawn` },
};

/** `answer`: enabled, disabled, given, refused, withdrawn or revoked, on the account's side. */
export function checkRole(answer: string, by: AnsweredBy): void {
  check(OF_ACCOUNT, answer, by);
}

/** `answer`: given, refused, withdrawn or revoked, for one conversation. */
export function checkHostRole(answer: string, by: AnsweredBy): void {
  check(OF_HOST, answer, by);
}

function check(
  permissions: Readonly<Record<string, Permission>>,
  answer: string,
  { who, own }: AnsweredBy,
): void {
  const permission = permissions[answer];
  if (!permission?.roles.includes(who.role)) {
    refuse({ code: "role_may_not", answer, may: permission?.may ?? "nobody", own });
  }
}
