/** What a request names, looked up: a path that names nothing is 404, a body that does is 422. */
import type { Context } from "hono";
import type { ServiceConfig } from "../config/define.ts";
import { LIMITS } from "../config/limits.ts";
import type { AccountRecord, ConversationRecord, NoticeRecord } from "../consent/writer.ts";
import { versionStanding } from "../decision/consent.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { pathId } from "./resource.ts";

export async function accountOf(deps: ControlDeps, c: Context): Promise<AccountRecord> {
  const account = await deps.records.account(pathId(c, "account"));
  return account ?? refuse({ code: "not_found", what: "account" });
}

export async function conversationOf(deps: ControlDeps, c: Context): Promise<ConversationRecord> {
  const conversation = await deps.records.conversation(pathId(c, "conversation"));
  return conversation ?? refuse({ code: "not_found", what: "conversation" });
}

export function serviceOf({ services }: ControlDeps, id: string): ServiceConfig {
  const service = services.find((one) => one.id === id);
  return service ?? refuse({ code: "service_unknown", services: services.map((one) => one.id) });
}

export function checkVersion(version: string, notices: readonly NoticeRecord[], now: number): void {
  if (versionStanding(version, notices, now) === "unknown") {
    refuse({ code: "notice_unknown", versions: notices.map((notice) => notice.version) });
  }
}

/** A yes to a version that no longer counts would be none, and whoever asked for it should know. */
export function checkCurrent(version: string, notices: readonly NoticeRecord[], now: number): void {
  checkVersion(version, notices, now);
  if (versionStanding(version, notices, now) === "superseded") {
    refuse({ code: "notice_superseded", current: toShow(notices, now)?.version ?? version });
  }
}

/** The version to show people: the last in effect, else the first to come. */
export function toShow(notices: readonly NoticeRecord[], now: number): NoticeRecord | null {
  return notices.findLast((notice) => notice.effectiveAt <= now) ?? notices[0] ?? null;
}

/** When something happened, as far as a sender's clock may differ from the gate's. */
export function checkCame(at: number, now: number, field: string): void {
  if (at > now + LIMITS.captured_ahead_ms_max) refuse({ code: "instant_ahead", field });
}
