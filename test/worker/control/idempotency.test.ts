/** `Idempotency-Key`: sent twice, carried out once, whatever is lost in between. */
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { tokenOf } from "../../support/issuer.ts";
import {
  type Answer,
  accountEach,
  codeOf,
  type Fixture,
  given,
  type Json,
  NOON,
  openControl,
  said,
  sendTo,
} from "./fixture.ts";

let control: Fixture;
let account: string;
let serial: number;
accountEach((given) => {
  ({ control, account, serial } = given);
});

const send = (method: string, path: string, body: unknown, headers: Record<string, string>) =>
  sendTo(control, method, path, body, headers);
const keyed = (
  path: string,
  body: unknown,
  key: string,
  more: Record<string, string> = {},
): Promise<Answer> => send("POST", path, body, { "Idempotency-Key": `"${key}"`, ...more });
const listed = async (): Promise<Json[]> =>
  (await control.expect(200, "GET", `${account}/consents`)).consents;

describe("Idempotency-Key", () => {
  test("sent twice, carried out once, answered alike", async () => {
    const first = await keyed(`${account}/consents`, given(), "a");
    control.clock.now += 60_000;
    const second = await keyed(`${account}/consents`, given(), "a");
    expect(first.status).toBe(201);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(await listed()).toHaveLength(1);
    await keyed(`${account}/consents`, given(), "b");
    expect(await listed()).toHaveLength(2);
  });

  test("with another body: 422, and nothing is done", async () => {
    await keyed(`${account}/consents`, given(), "a");
    expect(codeOf(await keyed(`${account}/consents`, said("refused"), "a"))).toEqual([422, "repeat_differs"]);
    expect(await listed()).toHaveLength(1);
  });

  test("at once: one is carried out, the other is told, and later gets its answer", async () => {
    const both = await Promise.all([1, 2].map(() => keyed(`${account}/consents`, given(), "a")));
    const codes = both.map(({ status }) => status).sort();
    expect([
      [201, 201],
      [201, 409],
    ]).toContainEqual(codes);
    expect(await listed()).toHaveLength(1);
    expect((await keyed(`${account}/consents`, given(), "a")).status).toBe(201);
  });

  test("what was refused may be corrected under the same key", async () => {
    expect((await keyed(`${account}/consents`, said("revoked"), "a")).status).toBe(422);
    expect((await keyed(`${account}/consents`, given(), "a")).status).toBe(201);
  });

  test("a key is its sender's and its path's own", async () => {
    await keyed(`${account}/consents`, given(), "a");
    const claims = { role: "owner", account: account.split("/").at(-1)!, person: "olga" };
    const token = tokenOf(claims, control.clock.now);
    const theirs = await keyed(`${account}/consents`, given(), "a", { Authorization: `Bearer ${token}` });
    expect(theirs.body.recorded_by).toMatch(/^owner olga/);
    expect((await keyed(`${account}/participants/pat/objections`, given(), "a")).body.code).toBe(
      "field_unknown",
    );
  });

  test("kept for a day", async () => {
    await keyed(`${account}/consents`, given(), "a");
    control.clock.now += LIMITS.idempotency_ms_max;
    await keyed(`${account}/consents`, given(), "a");
    expect(await listed()).toHaveLength(1);
    control.clock.now += 1;
    await keyed(`${account}/consents`, given(), "a");
    expect(await listed()).toHaveLength(2);
    const old = "SELECT count(*) AS n FROM idempotency_keys WHERE at <= ?";
    const { results } = await control.databases.consent.prepare(old).bind(NOON).all();
    expect(results).toEqual([{ n: 0 }]);
  });

  test("a change whose answer was lost is not made again; a claim that changed nothing is taken over", async () => {
    const lossy = await openControl({
      idempotency: {
        ...control.deps.idempotency,
        keep: () => Promise.reject(new Error("lost")),
        release: () => Promise.reject(new Error("lost")),
      },
      writer: control.deps.writer,
      writerMarking: control.deps.writerMarking,
      records: control.deps.records,
    });
    const sendLossy = (body: unknown, key: string) =>
      sendTo(lossy, "POST", `${account}/consents`, body, { "Idempotency-Key": `"${key}"` });
    expect((await sendLossy(given(), "a")).status).toBe(201);
    expect(codeOf(await keyed(`${account}/consents`, given(), "a"))).toEqual([409, "repeat_underway"]);
    expect((await sendLossy(said("revoked"), "b")).status).toBe(422);
    control.clock.now += LIMITS.idempotency_claim_ms_max + 1;
    expect(codeOf(await keyed(`${account}/consents`, given(), "a"))).toEqual([409, "repeat_lost"]);
    expect(codeOf(await keyed(`${account}/consents`, said("revoked"), "b"))).toEqual([422, "role_may_not"]);
    expect(await listed()).toHaveLength(1);
    await lossy.databases.close();
  });

  test("a producer's key is in the first answer alone, and nowhere on record", async () => {
    const wanted = { producer: "p", accounts: ["*"], routes: ["train"], expires_at: "2027-01-01T00:00:00Z" };
    const name = `key${serial}`;
    const { key, ...record } = (await keyed("/producer-keys", wanted, name)).body;
    expect(key).toMatch(/^tf_/);
    expect((await keyed("/producer-keys", wanted, name)).body).toEqual(record);
    const { results } = await control.databases.consent.prepare("SELECT * FROM idempotency_keys").all();
    expect(JSON.stringify(results)).not.toContain(key);
  });

  test.each(["a", '""', '"a', 'a"', "'a'", '"a\tb"', '"é"', '"a";p=1', '"a", "b"', `"${"x".repeat(257)}"`])(
    "%s: 400",
    async (header) => {
      const answer = await send("POST", `${account}/consents`, given(), { "Idempotency-Key": header });
      expect(codeOf(answer)).toEqual([400, "header_invalid"]);
    },
  );

  test("bodies keep their bound", async () => {
    expect((await keyed(`${account}/consents`, { a: "x".repeat(1_048_576) }, "a")).status).toBe(413);
  });
});
