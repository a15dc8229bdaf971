/**
 * Applies `access.ts` to a request, before anything of it is read: 404 for what whoever asks may not see, whether or not it exists;
 * 403 for what they see but may not do. The only place of /v1 that decides who may.
 */
import type { Context } from "hono";
import { ACCESS, type Access } from "./access.ts";
import type { Asking } from "./asking.ts";
import { seesAccount } from "./asking.ts";
import type { ControlDeps } from "./deps.ts";
import { type Missing, refuse } from "./fault.ts";
import { pathId } from "./resource.ts";

const FOR_THE_OPERATOR: Access = { sees: ["operator"], may: {} };
/** What a path names, outermost first: the first that is not seen is the one that is missing. */
const NAMED: readonly (readonly [parameter: string, what: Missing])[] = [
  ["account", "account"],
  ["conversation", "conversation"],
  ["person", "participant"],
  ["key", "producer_key"],
  ["exchange", "exchange"],
  ["consent", "consent"],
  ["objection", "objection"],
  ["tile", "tile"],
];

/** `path`: the route's, such as `/accounts/:account`. `methods`: those it has; any other is answered 405. */
export async function permit(
  deps: ControlDeps,
  c: Context,
  asking: Asking,
  path: string,
  methods: readonly string[],
): Promise<void> {
  const access = ACCESS[path] ?? FOR_THE_OPERATOR;
  const named = NAMED.filter(([parameter]) => path.includes(`/:${parameter}`));
  if (!access.sees.includes(asking.role) || (access.unbound && asking.account !== null && named.length > 0)) {
    refuse({ code: "not_found", what: named[0]?.[1] ?? "route" });
  }
  for (const [parameter, what] of named) {
    const seen = await sees(deps, asking, parameter, pathId(c, parameter));
    if (seen === "nothing" && c.req.method === "PUT" && access.creates?.includes(asking.role)) return;
    if (seen !== true) refuse({ code: "not_found", what });
  }
  // HEAD is carried out as GET.
  const method = c.req.method === "HEAD" ? "GET" : c.req.method;
  if (!methods.includes(method) || asking.role === "operator") return;
  const roles = access.may[method] ?? [];
  if (!roles.includes(asking.role) || (access.unbound && asking.account !== null)) {
    refuse({ code: "not_permitted", roles: roles.length > 0 ? roles : ["operator"] });
  }
}

/** Whoever is bound to nothing is told by the handler what does not exist. `nothing`: there is none, and it could be theirs. */
async function sees(
  deps: ControlDeps,
  asking: Asking,
  parameter: string,
  id: string,
): Promise<boolean | "nothing"> {
  switch (parameter) {
    case "account":
      return asking.account === null || (asking.account === id && (await deps.records.account(id)) !== null);
    case "conversation": {
      if (asking.account === null) return true;
      if (asking.conversation !== null && asking.conversation !== id) return false;
      const conversation = await deps.records.conversation(id);
      return conversation === null ? "nothing" : seesAccount(asking, conversation.account);
    }
    case "person":
      return asking.role !== "participant" || asking.person === id;
    default:
      return true;
  }
}
