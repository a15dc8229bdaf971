/**
 * The world of a seed: routes, accounts, conversations and people, whose answers vary. Account `acme` consented; `loose` goes by notice, `strict`
 * by everyone; `beta` never consented; `school` holds education records. Each has a meeting and a channel. The host is ana; bo accepted, cy
 * accepted and objected later, dee was never asked.
 */
import { sha256 } from "../../src/base/digest.ts";
import type { RecordRouteConfig } from "../../src/config/define.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { tenfourRecord } from "../../src/config/presets/tenfour-record.ts";
import type { AnswerRow, ConsentRow } from "../../src/consent/rows.ts";
import { KINDS, type RouteTerms } from "../../src/decision/model.ts";
import { type Random, random } from "../support/random.ts";
import type { Tables } from "./consent-tables.ts";

export const STARTS_AT = 1_790_000_000_000;
export const ANSWERED_AT = STARTS_AT - 86_400_000;
export const SERVICES = ["meeting-summary", "recording"] as const;
export const ACCOUNTS = ["acme", "loose", "strict", "beta", "school"] as const;
export const PEOPLE = ["ana", "bo", "cy", "dee"] as const;
export const KEY_SECRET = Buffer.alloc(32, 7).toString("base64url");
export const DIGEST_SECRET = "digests of a simulation";
/** The last is never revoked. */
export const KEYS = 5;

export interface SimulatedRoute {
  readonly id: string;
  readonly path: string;
  readonly onDeny: "strip" | "drop" | "reject";
  readonly formats: readonly ("json" | "ndjson")[];
  readonly wrapped: boolean;
  /** What a claim to be service data that holds more comes to. */
  readonly excess: "strip" | "refuse";
  readonly opaque: boolean;
  readonly terms: RouteTerms;
}

const KIND_LIST = ["chat", "transcript", "audio"] as const;
export const HOLD_BYTES_MAX = 65_536;
export const RECORD_BYTES_MAX = 16_384;
const BODY_BYTES_MAX = 262_144;

function route(
  id: string,
  more: Partial<SimulatedRoute> & { services?: readonly string[] } = {},
): SimulatedRoute {
  const { services = [SERVICES[0]], ...rest } = more;
  return {
    id,
    path: `/ingest/${id}`,
    onDeny: "strip",
    formats: ["json", "ndjson"],
    wrapped: false,
    excess: "strip",
    opaque: false,
    terms: {
      purpose: "train",
      recipient: "first-party",
      serviceDataToThirdParty: false,
      kinds: KIND_LIST,
      services: services.map((id) => ({ id, optIn: id === SERVICES[0] })),
      participationRuleMin: "notice",
      presenceSettleMs: 60_000,
    },
    ...rest,
  };
}

export const ROUTES: readonly SimulatedRoute[] = [
  route("strip"),
  route("drop", { onDeny: "drop" }),
  route("reject", { onDeny: "reject" }),
  route("wrapped", { onDeny: "drop", formats: ["json"], wrapped: true }),
  route("both", { services: SERVICES, excess: "refuse" }),
  route("telemetry", { terms: { ...route("").terms, purpose: "operate", kinds: [], services: [] } }),
  route("opaque", {
    opaque: true,
    terms: { ...route("").terms, purpose: "operate", kinds: [], services: [] },
  }),
];

const parsed = parseConfig({
  hosts: ["gate.example"],
  services: [
    { id: SERVICES[0], name: "Meeting Summary", opt_in: true },
    { id: SERVICES[1], name: "Recording", opt_in: false },
  ],
  participation_rule_min: "notice",
  upstreams: {
    train: { url: "https://train.example/in", purposes: ["train"] },
    operate: { url: "https://operate.example/in", purposes: ["operate"] },
  },
  routes: ROUTES.map(({ id, path, onDeny, formats, wrapped, excess, opaque, terms }) => ({
    id,
    path,
    upstream: terms.purpose,
    purpose: terms.purpose as RecordRouteConfig["purpose"],
    recipient: "first-party" as const,
    ...(opaque
      ? {
          content_types: ["application/x-ndjson"],
          opaque: {
            accepted_by: "privacy@example.com",
            reason: "Nobody can read it.",
            accepted_at: "2026-01-01T00:00:00Z",
          },
        }
      : {
          services: terms.services.map((service) => service.id),
          kinds: terms.kinds,
          shape: tenfourRecord(),
          formats,
          ...(wrapped ? { wrapper: { items: "batch" } } : {}),
          on_deny: onDeny,
          service_data_excess: excess,
          limits: {
            record_bytes_max: RECORD_BYTES_MAX,
            hold_bytes_max: HOLD_BYTES_MAX,
            ...(id === "drop" ? { body_bytes_max: BODY_BYTES_MAX } : {}),
          },
        }),
  })),
});
if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
export const CONFIG = parsed.config;
export const CONFIG_DIGEST = sha256(CONFIG.canonical);

export const meetingOf = (account: string): string => `${account}-meeting`;
export const channelOf = (account: string): string => `${account}-channel`;

/** `horizon`: about how long the seed's bodies take, ms; what ends by itself ends within it, or not at all; `ending`: how many consents do, of 1. */
export function startingTables(seed: number, horizon: number, ending: number): Tables {
  const r = random(seed);
  const soon = (chance: number): number | null =>
    r.chance(chance) ? STARTS_AT + r.int(-1_000, 2 * horizon) : null;
  const at = ANSWERED_AT;
  const covers = JSON.stringify(Object.fromEntries(KINDS.map((kind) => [kind, at])));
  const given = (account: string, conversation: string, service: string): ConsentRow => [
    "consent",
    account,
    conversation,
    service,
    `${conversation === "" ? "c" : "h"}-${account}-${service}`,
    "given",
    conversation === "" ? "root" : "ana",
    conversation === "" ? "owner" : "host",
    at,
    "v1",
    covers,
    soon(ending),
  ];
  const unwilling = (row: ConsentRow): ConsentRow[] => {
    const answer = r.pick([null, "refused", "withdrawn", "revoked"] as const);
    return answer === null ? [] : [[...row.slice(0, 5), answer, ...row.slice(6)] as unknown as ConsentRow];
  };
  let seq = 0;
  const answer = (conversation: string, person: string, word: AnswerRow[4], after: number, service: string) =>
    answerRow(conversation, person, word, at + after, service, seq++);
  const accounts = ACCOUNTS;
  return {
    accounts: accounts.map((id) => [
      "account",
      id,
      id === "school" ? '["education_records"]' : "[]",
      id === "loose" ? "notice" : id === "strict" ? "everyone" : "speaker",
    ]),
    settings: accounts.flatMap((id) =>
      r.chance(0.05) ? [] : [["setting" as const, id, SERVICES[0], 1, soon(0.08)] as const],
    ),
    consents: accounts.flatMap((id) =>
      SERVICES.flatMap((service) => [
        ...(id === "beta" ? unwilling(given(id, "", service)) : [given(id, "", service)]),
        ...(r.chance(0.1)
          ? unwilling(given(id, meetingOf(id), service))
          : [given(id, meetingOf(id), service)]),
      ]),
    ),
    conversations: accounts.flatMap((id) => [
      ["conversation" as const, meetingOf(id), id, "meeting" as const, "[]", at, null, 0] as const,
      ["conversation" as const, channelOf(id), id, "channel" as const, "[]", at, null, 0] as const,
    ]),
    presence: accounts.flatMap((id) =>
      [meetingOf(id), channelOf(id)].flatMap((conversation) =>
        // Under `everyone`, one person who never answered would deny all.
        PEOPLE.filter((person) => id !== "strict" || person === "ana" || person === "bo").map(
          (person) => ["presence" as const, conversation, person, at, null] as const,
        ),
      ),
    ),
    showings: accounts.flatMap((id) =>
      SERVICES.flatMap((service) =>
        PEOPLE.filter((person) => person !== "dee").map(
          (person) =>
            [
              "showing" as const,
              meetingOf(id),
              person,
              service,
              `s-${id}-${person}-${service}`,
              "v1",
              at,
            ] as const,
        ),
      ),
    ),
    answers: accounts.flatMap((id) =>
      SERVICES.flatMap((service) => [
        [answer(meetingOf(id), "bo", "accepted", 0, service), id] as const,
        [answer(channelOf(id), "bo", "accepted", 0, service), id] as const,
        [answer(meetingOf(id), "cy", "accepted", 0, service), id] as const,
        [answer(meetingOf(id), "cy", "objected", 1_000, service), id] as const,
      ]),
    ),
    notices: SERVICES.flatMap((service) => {
      const first = ["notice", service, "v1", 1, 1, at - 1_000] as const;
      const next = soon(0.08);
      return next === null ? [first] : [first, ["notice", service, "v2", 2, 1, next] as const];
    }),
    revisions: new Map(accounts.map((id) => [id, 1])),
    keys: new Map(
      Array.from({ length: KEYS }, (_, i) => [
        keyIdOf(i),
        r.chance(i < KEYS - 1 ? 0.04 : 0) ? soon(1) : null,
      ]),
    ),
  };
}

export const keyIdOf = (i: number): string => `k${i}`;

/** `seq`: answers are numbered in the order they are made. */
function answerRow(
  conversation: string,
  person: string,
  word: AnswerRow[4],
  at: number,
  service: string,
  seq: number,
): AnswerRow {
  const version = word === "accepted" ? "v1" : "";
  const standing = conversation === "" ? 1 : 0;
  return ["answer", conversation, person, service, word, `p${seq}`, version, at, at, seq, standing];
}

export type Change = readonly [name: string, apply: (tables: Tables, now: number) => Tables];

/** Something that people of an account, or their operator, do while bodies are on their way: what it is is drawn now, its instant is when it is applied. */
export function drawChange(r: Random, account: string): Change {
  const service = r.chance(0.8) ? SERVICES[0] : SERVICES[1];
  const person = r.pick(["bo", "bo", "ana", "cy", "dee"]);
  const raised = (tables: Tables): Tables => ({
    ...tables,
    revisions: new Map(tables.revisions).set(account, tables.revisions.get(account)! + 1),
  });
  const answered = (conversation: string, word: "withdrawn" | "revoked" | "refused" | "given"): Change => [
    `${conversation === "" ? "account" : "host"} ${word}`,
    (tables, now) => {
      const scope = tables.consents.filter(
        (row) => row[1] === account && row[2] === conversation && row[3] === service,
      );
      const last = scope.at(-1);
      if (last === undefined) return tables;
      const id = `${last[4].split("~")[0]}~${scope.length}`;
      // The latest answer counts, whatever the clock has done since the one before.
      const at = Math.max(now, last[8]);
      const row: ConsentRow = [
        ...last.slice(0, 4),
        id,
        word,
        last[6],
        last[7],
        at,
        "v1",
        coversFrom(at),
        null,
      ] as never;
      return raised({ ...tables, consents: [...tables.consents, row] });
    },
  ];
  const said = (word: AnswerRow[4], conversation: string, of: string): Change => [
    `${word}${conversation === "" ? " everywhere" : ""}`,
    (tables, now) =>
      raised({
        ...tables,
        answers: [
          ...tables.answers,
          [answerRow(conversation, person, word, now, of, tables.answers.length), account],
        ],
      }),
  ];
  const scope = r.pick(["", meetingOf(account)]);
  const delay = r.pick([0, 0, 500, 5_000]);
  const key = keyIdOf(r.int(0, r.pick([0, 0, KEYS - 2])));
  const changes: readonly Change[] = [
    answered("", "withdrawn"),
    answered("", "withdrawn"),
    answered("", r.pick(["withdrawn", "revoked", "refused", "given"])),
    answered(meetingOf(account), r.pick(["withdrawn", "refused", "given"])),
    said("objected", scope, r.pick([service, ""])),
    said("objected", scope, r.pick([service, ""])),
    said("objection_withdrawn", scope, r.pick([service, ""])),
    said("accepted", meetingOf(account), service),
    [
      "service disabled",
      (tables) =>
        raised({ ...tables, settings: [...tables.settings, ["setting", account, service, 0, null]] }),
    ],
    [
      "notice superseded",
      (tables, now) => {
        const position = tables.notices.filter((row) => row[1] === service).length + 1;
        const effectiveAt = now + delay;
        return {
          ...tables,
          notices: [...tables.notices, ["notice", service, `v${position}`, position, 1, effectiveAt]],
        };
      },
    ],
    ["key revoked", (tables, now) => ({ ...tables, keys: new Map(tables.keys).set(key, now + delay) })],
    [
      "label set",
      (tables) =>
        raised({
          ...tables,
          accounts: tables.accounts.map((row) =>
            row[1] === account ? [row[0], row[1], '["health_information"]', row[3]] : row,
          ),
        }),
    ],
    [
      "somebody joins",
      (tables, now) =>
        raised({
          ...tables,
          presence: [...tables.presence, ["presence", meetingOf(account), "eve", now - 90_000, null]],
        }),
    ],
  ];
  return r.pick(changes);
}

function coversFrom(at: number): string {
  return JSON.stringify(Object.fromEntries(KINDS.map((kind) => [kind, at])));
}
