/** Who asks, as a request was found to come from. Decides nothing of what they may. */
import type { Context } from "hono";
import type { Role } from "../config/identity.ts";
import type { ConsentWriter } from "../consent/writer.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";

export interface Asking {
  readonly role: Role;
  /** null: bound to no account, so that every one is theirs to see. */
  readonly account: string | null;
  readonly conversation: string | null;
  /** null: whoever holds the operator's token. */
  readonly person: string | null;
  /** As records name it: role, subject and issuer. */
  readonly recordedBy: string;
}

declare module "hono" {
  interface ContextVariableMap {
    readonly asking: Asking;
    /** Marks the request's Idempotency-Key with the change. */
    readonly writer: ConsentWriter;
    /** Members of the answer that are not kept. */
    readonly withheld: readonly string[];
  }
}

export function askingOf(c: Context): Asking {
  return c.get("asking");
}

/** What a change is written with. */
export function writerOf(deps: ControlDeps, c: Context): ConsentWriter {
  return c.get("writer") ?? deps.writer;
}

export function seesAccount({ account }: Asking, id: string): boolean {
  return account === null || account === id;
}

interface Who {
  readonly person: string;
  readonly role: string;
}

export interface AnsweredBy {
  readonly who: Who;
  /** Whether it is the token that says so, rather than the operator. */
  readonly own: boolean;
}

/** Whose answer it is: the token's person in the token's role; from the operator, whoever the body names. */
export function answeredBy(c: Context, named: Who | undefined): AnsweredBy {
  const { role, person } = askingOf(c);
  if (role === "operator") {
    if (named !== undefined) return { who: named, own: false };
    if (person === null) refuse({ code: "field_missing", field: "by" });
  }
  const who = { person: person!, role };
  if (named !== undefined && (named.person !== who.person || named.role !== who.role)) {
    refuse({ code: "by_mismatch" });
  }
  return { who, own: true };
}
