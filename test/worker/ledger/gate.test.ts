/** The ledger behind a running gate: written after an exchange closes, and the witness when the consent database is put back. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tick } from "../../../scripts/run-gate.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { putBack } from "../../support/put-back.ts";
import { content, seedWorld, telemetry, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;
beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
afterAll(() => rig.dispose());

const send = (route: string, body: string) =>
  rig.send({
    method: "POST",
    path: `/ingest/${route}`,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    pieces: [body],
  });
const first = async <T>(binding: "CONSENT" | "EVIDENCE", sql: string): Promise<T> =>
  (await (await rig.database(binding)).prepare(sql).first()) as T;
const ledgered = () =>
  first<{ size: number; change_seq: number }>("EVIDENCE", "select * from checkpoints order by size desc");
/** As a new isolate would. */
const anew = () => rig.faults({});

test("an exchange that closed is in the ledger a moment later, by itself", async () => {
  expect((await send("drop", content())).status).toBe(200);
  const { seq } = await first<{ seq: number }>("EVIDENCE", "select max(seq) as seq from entries");
  const deadline = Date.now() + 20_000;
  let size = 0;
  while (size < seq && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    size = (await ledgered())?.size ?? 0;
  }
  expect(size).toBeGreaterThanOrEqual(seq);
});

test("what requests leave behind is taken up each minute", async () => {
  await (await rig.database("EVIDENCE"))
    .prepare(
      "insert into entries (exchange, position, type, at, body) values ('x_dead', 0, 'opened', 1, json_object('type', 'opened', 'exchange', 'x_dead', 'position', 0, 'at', 1, 'route', 'drop', 'purpose', 'train', 'producer', 'p', 'key_id', 'k', 'config_digest', 'd'))",
    )
    .run();
  await tick(rig.gate.mf);
  expect(await first("EVIDENCE", "select outcome from exchanges where exchange = 'x_dead'")).toEqual({
    outcome: "unknown",
  });
});

describe("a consent database that was put back", () => {
  test("to before a change that the ledger knows: content waits, service data flows", async () => {
    await tick(rig.gate.mf);
    const { change_seq } = await ledgered();
    expect(change_seq).toBe(
      (await first<{ seq: number }>("CONSENT", "select max(seq) as seq from changes")).seq,
    );
    await anew();
    expect((await send("drop", content())).status).toBe(200);
    const before = rig.upstreams.main.received.length;

    await putBack((await rig.database("CONSENT")) as unknown as D1Database, change_seq);
    await anew();
    const answer = await send("drop", content());
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([503, "consent_rolled_back"]);
    expect(answer.headers["retry-after"]).toBeDefined();
    expect(rig.upstreams.main.received.length).toBe(before);
    expect((await send("telemetry", telemetry())).status).toBe(200);
  });

  test("and went on from there, past the number the ledger knows: still", async () => {
    const db = await rig.database("CONSENT");
    for (const rule of ["everyone", "speaker", "everyone", "speaker"]) {
      await db.prepare(`update accounts set participation_rule = '${rule}' where id = 'beta'`).run();
    }
    const { change_seq } = await ledgered();
    expect(
      (await first<{ seq: number }>("CONSENT", "select max(seq) as seq from changes")).seq,
    ).toBeGreaterThan(change_seq);
    await anew();
    expect((await send("drop", content())).status).toBe(503);
    await tick(rig.gate.mf);
    expect((await ledgered()).change_seq).toBe(change_seq);
  });

  test("until an operator reconciles it, on the record; then its changes go on being taken", async () => {
    const reason_sha256 = "a".repeat(64);
    const said = await rig.operator("POST", "/v1/ledger/reconciliations", { reason_sha256 });
    const { change_seq, epoch } = await first<{ change_seq: number; epoch: number }>(
      "EVIDENCE",
      "select * from checkpoints order by size desc",
    );
    expect(said).toMatchObject({ reason_sha256, revision_found: change_seq });
    expect(epoch).toBe(1);
    await anew();
    expect((await send("drop", content())).status).toBe(200);
    await expect(rig.operator("POST", "/v1/ledger/reconciliations", {})).rejects.toThrow(
      "nothing_to_reconcile",
    );
    await rig.operator("PUT", "/v1/accounts/gamma", {});
    await tick(rig.gate.mf);
    expect((await ledgered()).change_seq).toBe(change_seq + 1);
    await anew();
    expect((await send("drop", content())).status).toBe(200);
  });
});
