/**
 * /v1/conversations/{conversation}/consent-status: for each service whether the account and the host have consented, to what, under
 * which notice. For everyone in the conversation: it names no person, and is no list of answers.
 */
import type { Context, Hono } from "hono";
import { lapsesOf } from "../consent/lapsing.ts";
import { consentStanding } from "../consent/runs.ts";
import type { ConsentRecord, NoticeRecord } from "../consent/writer.ts";
import type { ControlDeps } from "./deps.ts";
import { formatInstant } from "./instant.ts";
import { conversationOf, toShow } from "./known.ts";
import { type Reply, resource } from "./resource.ts";
import { noticeView } from "./views.ts";

export function consentStatus(app: Hono, deps: ControlDeps): void {
  resource(app, "/conversations/:conversation/consent-status", { GET: (c) => status(deps, c) });
}

async function status(deps: ControlDeps, c: Context): Promise<Reply> {
  const { id: conversation, account, kind } = await conversationOf(deps, c);
  const [ofAccount, ofHosts, notices, settings] = await Promise.all([
    deps.records.latestConsents(account, null),
    deps.records.latestConsents(account, conversation),
    deps.records.notices(null),
    deps.records.settings(account),
  ]);
  const now = deps.now();
  const services = deps.services.map(({ id, name, opt_in }) => {
    const own = notices.filter((notice) => notice.service === id);
    const setting = settings.find((one) => one.service === id);
    const notice = toShow(own, now);
    const standing = (of: "account" | "host", answers: readonly ConsentRecord[]) =>
      standingView(
        of,
        answers.find((answer) => answer.service === id),
        own,
        now,
      );
    return {
      service: id,
      name,
      /** null: it needs no enabling. */
      enabled: opt_in ? (setting?.enabled ?? false) : null,
      trial_ends_at: formatInstant(setting?.trialEndsAt ?? null),
      account: standing("account", ofAccount),
      /** null: a channel has no host. */
      host: kind === "channel" ? null : standing("host", ofHosts),
      /** What people are to be shown now. */
      notice: notice === null ? null : noticeView(notice),
    };
  });
  return { status: 200, body: { conversation, account, kind, services } };
}

function standingView(
  of: "account" | "host",
  answer: ConsentRecord | undefined,
  notices: readonly NoticeRecord[],
  now: number,
) {
  const notice = notices.find(({ version }) => version === answer?.noticeVersion);
  return {
    consent: consentStanding(of, answer, notices, now),
    kinds: [...(answer?.covers.keys() ?? [])],
    notice_version: notice?.version ?? null,
    /** The text that was answered. */
    notice_text: notice?.text ?? null,
    at: formatInstant(answer?.at ?? null),
    expires_at: formatInstant(answer?.expiresAt ?? null),
    /** Where a newer notice, announced or in effect, ends it. */
    lapses_at: formatInstant(
      answer?.answer === "given" ? (lapsesOf(notices, now).get(answer.noticeVersion)?.at ?? null) : null,
    ),
  };
}
