/**
 * The certification scenario's fixture over consent state. Its words (users who read, write and delete records) are explained to the
 * decision API by a vocabulary in the configuration; its eight decisions then come from who consented to what, through /v1:
 * a record is a conversation of the account `record`; reading serves, writing trains, writing to the archive trains for a service that
 * alice never accepted, unless an admin does so, which serves; to delete softly serves, to delete for good is nothing content may be used for.
 */
import type { AuthzenTermConfig, RecordRouteConfig, TenfourConfig } from "../../../src/config/define.ts";
import { tenfourRecord } from "../../../src/config/presets/tenfour-record.ts";
import type { Rig } from "../../support/gate.ts";

export const SEARCH = "record-search";
export const ARCHIVE = "record-archive";

const content: AuthzenTermConfig["content"] = {
  account: "/resource/type",
  conversation: "/resource/id",
  speaker: "/subject/id",
  kind: { fixed: "chat" },
};
const term = (action: string, route: string, when?: AuthzenTermConfig["when"]): AuthzenTermConfig => ({
  action,
  route,
  content,
  captured_now: true,
  ...(when === undefined ? {} : { when }),
});
const STATUS = "/resource/properties/status";

export function scenarioConfig(url: string): TenfourConfig {
  const route = (id: string, more: Partial<RecordRouteConfig>): RecordRouteConfig => ({
    id,
    path: `/ingest/${id}`,
    upstream: "serving",
    purpose: "serve",
    recipient: "first-party",
    services: [SEARCH],
    kinds: ["chat"],
    shape: tenfourRecord(),
    formats: ["json"],
    on_deny: "drop",
    ...more,
  });
  return {
    hosts: ["127.0.0.1", "pdp.example"],
    services: [
      { id: SEARCH, name: "Record Search", opt_in: true },
      { id: ARCHIVE, name: "Archive Search", opt_in: true },
    ],
    upstreams: {
      serving: { url: `${url}/serve`, purposes: ["serve"] },
      training: { url: `${url}/train`, purposes: ["train"] },
      operating: { url: `${url}/operate`, purposes: ["operate"] },
    },
    routes: [
      route("show", {}),
      route("learn", { upstream: "training", purpose: "train" }),
      route("learn-archive", { upstream: "training", purpose: "train", services: [ARCHIVE] }),
      route("curate-archive", { services: [ARCHIVE] }),
      route("shred", { upstream: "operating", purpose: "operate" }),
    ],
    authzen: {
      vocabulary: [
        term("read", "show"),
        term("write", "curate-archive", { [STATUS]: "archived", "/subject/properties/role": "admin" }),
        term("write", "learn-archive", { [STATUS]: "archived" }),
        term("write", "learn"),
        term("delete", "show", { "/action/properties/soft": true }),
        term("delete", "shred"),
      ],
    },
  };
}

/** Who decided what, through /v1. */
export async function seedScenario(rig: Rig<string>): Promise<void> {
  const owner = { person: "olga", role: "owner" };
  const host = { person: "hana", role: "host" };
  const given = { answer: "given", kinds: ["chat"], notice_version: "v1" };
  await rig.operator("PUT", "/v1/accounts/record", {});
  for (const service of [SEARCH, ARCHIVE]) {
    await rig.operator("POST", "/v1/notices", {
      service,
      version: "v1",
      section: "10.4",
      locale: "en",
      text: "We would like to train on your records.",
      material: true,
      published_at: "2026-01-01T00:00:00Z",
      effective_at: "2026-01-01T00:00:00Z",
    });
    await rig.operator("PUT", `/v1/accounts/record/services/${service}`, { enabled: true, by: owner });
    await rig.operator("POST", "/v1/accounts/record/consents", { ...given, service, by: owner });
  }
  for (const id of ["record-1", "record-2"]) {
    const at = `/v1/conversations/${id}`;
    await rig.operator("PUT", at, { account: "record", kind: "meeting" });
    await rig.operator("POST", `${at}/participants/hana/join`, { host: true });
    for (const service of [SEARCH, ARCHIVE]) {
      await rig.operator("POST", `${at}/consents`, { ...given, service, by: host });
    }
    for (const person of ["alice", "bob"]) await rig.operator("POST", `${at}/participants/${person}/join`);
    await answer(rig, id, "alice", "accepted");
  }
}

export async function answer(
  rig: Rig<string>,
  conversation: string,
  person: string,
  word: string,
): Promise<void> {
  const accepted = word === "accepted" ? { notice_version: "v1" } : {};
  const path = `/v1/conversations/${conversation}/participants/${person}/answers`;
  await rig.operator("POST", path, { answer: word, service: SEARCH, ...accepted });
}
