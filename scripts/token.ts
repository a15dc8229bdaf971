/**
 * `npm run token -- --role host --account acme --conversation m1 --person ana [--ttl 3600] [--state DIR]`: a person's token for the gate
 * that `npm start` runs on this machine. No other gate believes it.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROLES, type Role } from "../src/config/identity.ts";
import { ROOT } from "./bundle.ts";
import { developmentIssuerIn } from "./development-issuer.ts";

const TTL_S_MAX = 86_400;
/** What each role is bound to, beside a person. */
const BOUND: Readonly<
  Record<Role, { readonly needs: readonly Binding[]; readonly takes: readonly Binding[] }>
> = {
  operator: { needs: [], takes: [] },
  owner: { needs: ["account"], takes: ["account"] },
  admin: { needs: ["account"], takes: ["account"] },
  host: { needs: ["account", "conversation"], takes: ["account", "conversation"] },
  participant: { needs: ["account", "conversation"], takes: ["account", "conversation"] },
  auditor: { needs: [], takes: ["account"] },
};
type Binding = "account" | "conversation";

try {
  process.stdout.write(`${tokenFrom(process.argv.slice(2))}\n`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function tokenFrom(args: string[]): string {
  const { values } = parseArgs({
    args,
    options: {
      role: { type: "string" },
      account: { type: "string" },
      conversation: { type: "string" },
      person: { type: "string" },
      ttl: { type: "string", default: "3600" },
      state: { type: "string" },
    },
  });
  const role = ROLES.find((one) => one === values.role);
  if (role === undefined) throw new Error(`--role must be one of ${ROLES.join(", ")}.`);
  if (values.person === undefined) throw new Error("--person must say whose token it is.");
  for (const binding of ["account", "conversation"] as const) {
    if (BOUND[role].needs.includes(binding) && values[binding] === undefined) {
      throw new Error(`--${binding} must say which ${binding} the ${role} is of.`);
    }
    if (!BOUND[role].takes.includes(binding) && values[binding] !== undefined) {
      throw new Error(`The role ${role} is bound to no ${binding}: remove --${binding}.`);
    }
  }
  const ttl = Number(values.ttl);
  if (!/^\d+$/.test(values.ttl) || ttl < 1 || ttl > TTL_S_MAX) {
    throw new Error(`--ttl must be a number of seconds from 1 to ${TTL_S_MAX}.`);
  }
  const { account, conversation, person } = values;
  const stateDir = resolve(values.state ?? `${ROOT}/.tenfour/story`);
  return developmentIssuerIn(stateDir).token({ role, account, conversation, person, ttl });
}
