/** What happened to my content, and what had already left: reading, impact, proofs and the export, each role seeing its own. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromBase64 } from "../../../src/base/base64.ts";
import type { Decided, Entry } from "../../../src/evidence/entries.ts";
import { openCheckpoint } from "../../../src/ledger/checkpoint.ts";
import { verifyExport } from "../../../src/ledger/export-verify.ts";
import { hashOfLeaf } from "../../../src/ledger/leaf.ts";
import { formatVerifierKey, parseVerifierKey } from "../../../src/ledger/note-keys.ts";
import { isConsistent, rootFromInclusion } from "../../../src/ledger/verify-proof.ts";
import { createEvidenceStore } from "../../../src/store/evidence-store.ts";
import { type Claims, tokenOf } from "../../support/issuer.ts";
import { type Fixture, given, type Json, NOON, openControl, publish } from "../control/fixture.ts";
import { closed, decided, opened } from "./fixture.ts";

let control: Fixture;
const ids: Record<string, string> = {};

async function record(id: string, entries: readonly Entry[]): Promise<void> {
  control.evidence.set(id, [...(control.evidence.get(id) ?? []), ...entries]);
  await createEvidenceStore(control.databases.evidence).append(entries);
}

/** Ten items of a conversation, the first half of which rests on some of what was answered. */
const rested = (id: string, on: readonly string[], conversation: string, more: Partial<Decided> = {}) => {
  const finding = {
    account: "acme",
    conversation,
    outcome: "forwarded",
    reason: "consented",
    consents: on,
  } as const;
  return decided(id, 1, { findings: [finding], runs: [0, 5], ...more });
};
const headers = (claims: Claims) => ({ Authorization: `Bearer ${tokenOf(claims, control.clock.now)}` });
const as = (claims: Claims, path: string) =>
  control.ask("GET", path, undefined, { headers: headers(claims) });
const PAT = { role: "participant", account: "acme", conversation: "m1", person: "pat" } as const;
const OLGA = { role: "owner", account: "acme", person: "olga" } as const;

async function impact(path: string): Promise<{ lines: Json[]; summary: Json }> {
  const response = await control.app.request(`/v1${path}`, {
    headers: headers({ role: "operator", person: "opal" }),
  });
  const lines = (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { lines: lines.slice(0, -1), summary: lines.at(-1).summary };
}

beforeAll(async () => {
  control = await openControl();
  await publish(control, "meeting-summary", "v1");
  await control.expect(201, "PUT", "/accounts/acme", {});
  await control.expect(201, "PUT", "/accounts/beta", {});
  for (const meeting of ["m1", "m2"]) {
    await control.expect(201, "PUT", `/conversations/${meeting}`, { account: "acme", kind: "meeting" });
    await control.expect(201, "POST", `/conversations/${meeting}/participants/pat/join`, {});
  }
  ids.consent = (await control.expect(201, "POST", "/accounts/acme/consents", given())).id;
  const inside = "/conversations/m1/participants/pat";
  const notice = { service: "meeting-summary", notice_version: "v1" };
  ids.shown = (await control.expect(201, "POST", `${inside}/notices`, notice)).id;
  ids.accepted = (
    await control.expect(201, "POST", `${inside}/answers`, { answer: "accepted", ...notice })
  ).id;
  const { consent, shown, accepted } = ids as { consent: string; shown: string; accepted: string };

  await record("x_notice", [
    opened("x_notice", NOON),
    rested("x_notice", [consent, shown], "m1"),
    closed("x_notice", 2),
  ]);
  await record("x_accepted", [
    opened("x_accepted", NOON + 1_000),
    rested("x_accepted", [consent, accepted], "m1"),
  ]);
  await record("x_accepted", [closed("x_accepted", 2, { outcome: "aborted", settled: 0, in_doubt: 2 })]);
  await record("x_other", [
    opened("x_other", NOON + 2_000),
    rested("x_other", [consent], "m2"),
    closed("x_other", 2),
  ]);
  const both = [
    { account: "acme", conversation: "m2", outcome: "dropped", reason: "participant_objected", consents: [] },
    { account: "beta", conversation: "b1", outcome: "dropped", reason: "unattributed", consents: [] },
  ] as const;
  await record("x_both", [
    opened("x_both", NOON + 3_000, { route: "telemetry" }),
    decided("x_both", 1, { findings: both, runs: [0, 1, 1, 1] }),
    closed("x_both", 2, { outcome: "dropped" }),
  ]);
  await record("x_open", [opened("x_open", NOON + 4_000), rested("x_open", [consent], "m2")]);
  await control.deps.writeLedger();
  control.clock.now = NOON + 60_000;
  ids.objection = (await control.expect(201, "POST", `${inside}/answers`, { answer: "objected" })).id;
  const by = { person: "olga", role: "owner" };
  const withdrawn = { service: "meeting-summary", answer: "withdrawn", by };
  ids.withdrawal = (await control.expect(201, "POST", "/accounts/acme/consents", withdrawn)).id;
  await control.deps.writeLedger();
});
afterAll(() => control.databases.close());

describe("impact", () => {
  test("of an objection: what rested on the person's acceptance, and on the notice they were shown", async () => {
    const { lines, summary } = await impact(`/objections/${ids.objection}/impact`);
    expect(lines.map(({ exchange, items, rests_on }) => [exchange, items, rests_on])).toEqual([
      ["x_notice", [[0, 4]], [ids.shown]],
      ["x_accepted", [[0, 1]], [ids.accepted]],
    ]);
    expect(lines[1]).toMatchObject({ route: "train", outcome: "aborted", acknowledged: [] });
    expect(summary).toMatchObject({ record: ids.objection, answer: "objected", exchanges: 2, items: 7 });
  });

  test("of a withdrawal, as of the consent it ended: all that rested on it, what has not ended too", async () => {
    const found = ["x_notice", "x_accepted", "x_other", "x_open"];
    for (const id of [ids.withdrawal, ids.consent]) {
      const { lines, summary } = await impact(`/consents/${id}/impact`);
      expect(lines.map(({ exchange }) => exchange)).toEqual(found);
      expect(lines[3]).toMatchObject({ outcome: "open", closed_at: null, items: [[0, 4]] });
      expect(summary.exchanges).toBe(4);
    }
  });

  test("of more exchanges than are read at a time: every one, once", async () => {
    const entries = Array.from({ length: 1_001 }, (_, i) => `x_many_${String(i).padStart(4, "0")}`).flatMap(
      (id) => [opened(id), rested(id, ["con_many"], "m1"), closed(id, 2)],
    );
    await createEvidenceStore(control.databases.evidence).append(entries);
    await control.deps.writeLedger();
    const records = control.deps.impact as { consent: typeof control.deps.impact.consent };
    const real = records.consent;
    records.consent = async () => ({
      ...{ id: "con_many", account: "acme", conversation: null, person: "p", answer: "given" },
      ...{ at: 1, bases: ["con_many"] },
    });
    try {
      const { lines, summary } = await impact("/consents/con_many/impact");
      expect(new Set(lines.map(({ exchange }) => exchange)).size).toBe(1_001);
      expect(summary).toMatchObject({ exchanges: 1_001, items: 5_005 });
    } finally {
      records.consent = real;
    }
  });

  test("of what was accepted a moment ago, whether or not the ledger has had time for it", async () => {
    await record("x_now", [
      opened("x_now", NOON + 50_000),
      rested("x_now", [ids.accepted!], "m3"),
      closed("x_now", 2),
    ]);
    const { lines, summary } = await impact(`/objections/${ids.objection}/impact`);
    expect(lines.map(({ exchange }) => exchange)).toEqual(["x_notice", "x_accepted", "x_now"]);
    expect(summary.exchanges).toBe(3);
  });

  test("is theirs alone: the person's own objection, the account's own consents", async () => {
    expect(
      (await control.app.request(`/v1/objections/${ids.objection}/impact`, { headers: headers(PAT) })).status,
    ).toBe(200);
    for (const [claims, path] of [
      [{ ...PAT, person: "ned" }, `/objections/${ids.objection}/impact`],
      [{ ...PAT, account: "beta", conversation: "b1" }, `/objections/${ids.objection}/impact`],
      [{ ...OLGA, account: "beta" }, `/consents/${ids.consent}/impact`],
      [PAT, `/consents/${ids.consent}/impact`],
      [OLGA, "/consents/con_none/impact"],
    ] as const) {
      expect((await as(claims, path)).status, path).toBe(404);
    }
  });

  test("holds what the upstream acknowledged, as its word, on the record", async () => {
    const said = {
      record: ids.objection,
      upstream: "train",
      exchanges: ["x_accepted"],
      evidence_sha256: "b".repeat(64),
    };
    await control.expect(201, "POST", "/ledger/acknowledgements", said);
    await control.expect(201, "POST", "/ledger/acknowledgements", { ...said, upstream: "partner" });
    const { lines } = await impact(`/objections/${ids.objection}/impact`);
    expect(lines.map(({ acknowledged }) => acknowledged.map(({ upstream }: Json) => upstream))).toEqual([
      [],
      ["train", "partner"],
      [],
    ]);
    await control.deps.writeLedger();
    const kinds = (await control.deps.ledger.stream("deletion")).map(({ type }) => type);
    expect(kinds).toEqual(["deletion_acknowledged", "deletion_acknowledged"]);
  });
});

describe("reading", () => {
  const found = async (query: string, claims: Claims = { role: "auditor", person: "aude" }) =>
    (await as(claims, `/exchanges?${query}&limit=100`)).body.exchanges
      .map(({ exchange }: Json) => exchange)
      .filter((id: string) => !id.startsWith("x_many"));

  test("by account, conversation, person, route, reason and time", async () => {
    expect(await found("account=beta")).toEqual(["x_both"]);
    expect(await found("conversation=m2")).toEqual(["x_open", "x_both", "x_other"]);
    expect(await found("person=pat&conversation=m1&from=2026-01-31T12:00:00Z")).toEqual([
      "x_accepted",
      "x_notice",
    ]);
    expect(await found("person=nobody")).toEqual([]);
    expect(await found("route=telemetry")).toEqual(["x_both"]);
    expect(await found("reason=participant_objected&account=acme")).toEqual(["x_both"]);
    expect(await found("from=2026-01-31T12:00:01Z&to=2026-01-31T12:00:03Z")).toEqual([
      "x_other",
      "x_accepted",
    ]);
  });

  test("page by page", async () => {
    const first = await as({ role: "auditor", person: "aude" }, "/exchanges?conversation=m2&limit=2");
    expect(first.body.exchanges.map(({ exchange }: Json) => exchange)).toEqual(["x_open", "x_both"]);
    const second = await as(
      { role: "auditor", person: "aude" },
      `/exchanges?conversation=m2&limit=2&cursor=${first.body.next}`,
    );
    expect(second.body.exchanges.map(({ exchange }: Json) => exchange)).toEqual(["x_other"]);
    expect(second.body.next).toBe(null);
  });

  test("each role sees its own", async () => {
    expect(await found("account=acme", { ...OLGA, account: "beta" })).toEqual([]);
    expect(await found("route=telemetry", { ...OLGA, account: "beta" })).toEqual(["x_both"]);
    expect(await found("conversation=m2", PAT)).toEqual([]);
    expect(await found("conversation=m1&from=2026-01-31T12:00:00Z", PAT)).toEqual(["x_accepted", "x_notice"]);
    const seen = (await as({ ...OLGA, account: "beta" }, "/exchanges/x_both")).body;
    expect(seen.decided).toHaveLength(1);
    expect((await as({ ...OLGA, account: "beta" }, "/exchanges/x_both/proof")).status).toBe(404);
  });
});

describe("proofs", () => {
  const trusted = async () => {
    const [signer] = await control.deps.ledgerKeys();
    return [{ verifier: (await parseVerifierKey(formatVerifierKey(signer!)))!, sizeMax: null }];
  };

  test("an exchange is proven to be in the ledger, entry by entry, to the signed checkpoint", async () => {
    const { body } = await as(OLGA, "/exchanges/x_notice/proof");
    const checkpoint = await openCheckpoint(body.checkpoint, await trusted());
    if (!checkpoint.ok) throw new Error(checkpoint.fault);
    expect(body.entries.map(({ entry }: Json) => entry.body.type)).toEqual(["opened", "decided", "closed"]);
    for (const { position, entry, proof } of body.entries) {
      const path = proof.map(fromBase64);
      const root = rootFromInclusion(position, checkpoint.checkpoint.size, hashOfLeaf(entry), path);
      expect(root).toEqual(checkpoint.checkpoint.root);
    }
  });

  test("every checkpoint is the beginning of the newest", async () => {
    const { checkpoints } = await control.expect(200, "GET", "/ledger/checkpoints");
    const notes = await Promise.all(
      checkpoints.map(async ({ note }: Json) => openCheckpoint(note, await trusted())),
    );
    const [newest, ...older] = notes.map((one) =>
      one.ok ? one.checkpoint : Promise.reject(new Error(one.fault)),
    );
    expect(older.length).toBeGreaterThan(1);
    for (const old of older as Json[]) {
      const { proof } = await control.expect(200, "GET", `/ledger/consistency?from_size=${old.size}`);
      const now = newest as Json;
      expect(isConsistent(old.size, old.root, now.size, now.root, proof.map(fromBase64))).toBe(true);
    }
  });

  test("the export verifies with the public key alone; an account's holds what is of it and of no other", async () => {
    const exported = async (claims: Claims) =>
      new Uint8Array(
        await (await control.app.request("/v1/ledger/export", { headers: headers(claims) })).arrayBuffer(),
      );
    const whole = await exported({ role: "auditor", person: "aude" });
    const size = (await control.deps.ledger.head())!.size;
    expect(await verifyExport([whole], { keys: await trusted() })).toMatchObject({
      ok: true,
      summary: { scope: "whole", size, entries: size },
    });
    const own = await exported(OLGA);
    expect(await verifyExport([own], { keys: await trusted() })).toMatchObject({
      ok: true,
      summary: { scope: { match: { account: "acme" } } },
    });
    const text = new TextDecoder().decode(own);
    expect(text).toContain("x_notice/2");
    expect(text).not.toContain("x_both");
    expect(text).not.toContain("beta");
    const forged = text.replace('"reason":"consented"', '"reason":"serve"');
    expect(forged).not.toBe(text);
    expect(await verifyExport([new TextEncoder().encode(forged)], { keys: await trusted() })).toMatchObject({
      ok: false,
    });
  });
});
