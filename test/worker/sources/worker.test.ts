/** The receiver and the bulk routes in the worker as it is deployed: found, guarded, streamed. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Rig, startRig } from "../../support/gate.ts";
import { ANSWERED_AT, seedWorld, worldConfig } from "../../support/world.ts";

const SECRET = "a secret token of Zoom's";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    config: ({ main }) => ({
      ...worldConfig(main),
      sources: {
        zoom: [{ path: "/sources/zoom", account: "acme", zoom_account_id: "ZM1", secret: "ZOOM_SECRET" }],
      },
    }),
    bindings: { ZOOM_SECRET: SECRET },
  });
  await seedWorld(rig);
});
afterAll(() => rig.dispose());

async function webhook(body: object, secret = SECRET) {
  const text = JSON.stringify(body);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", secret).update(`v0:${timestamp}:${text}`).digest("hex");
  const answer = await fetch(`${rig.url}/sources/zoom`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-zm-signature": `v0=${signature}`,
      "x-zm-request-timestamp": timestamp,
    },
    body: text,
  });
  return { status: answer.status, body: await answer.json() };
}

const bulk = (
  path: string,
  init: RequestInit = {},
  token: string = rig.gate.secrets.TENFOUR_OPERATOR_TOKEN,
) =>
  fetch(`${rig.url}/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
  });

test("what Zoom tells is present, and in the export", async () => {
  const participant = {
    user_id: "16778240",
    user_name: "Guest",
    id: "",
    email: "",
    join_time: "2026-01-31T12:00:00Z",
  };
  const object = {
    id: 123,
    uuid: "4444AAAiAAAAAiAiAiiAii==",
    host_id: "h",
    start_time: "2026-01-31T12:00:00Z",
    participant,
  };
  const event = { event: "meeting.participant_joined", event_ts: 1, payload: { account_id: "ZM1", object } };
  expect(await webhook(event, "another")).toMatchObject({ status: 401 });
  expect(await webhook(event)).toEqual({ status: 200, body: { kept: true } });
  const exported = await (await bulk("/exports/participants")).text();
  const lines = exported
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ conversation }) => conversation === object.uuid)).toMatchObject([
    { type: "conversation", account: "acme", kind: "meeting" },
    { type: "presence", person: "zoom-session:16778240", host: false, session: "16778240", left_at: null },
  ]);
  expect((await fetch(`${rig.url}/sources/other`, { method: "POST" })).status).toBe(404);
});

test("a report comes while the file is still being sent", async () => {
  const line = (index: number) =>
    `${JSON.stringify({ account: "acme", service: "meeting-summary", answer: "refused", by: { person: "root", role: "owner" }, at: new Date(ANSWERED_AT + index).toISOString(), source: "crm" })}\n`;
  let told = () => {};
  const reported = new Promise<void>((resolve) => {
    told = resolve;
  });
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      let batch = "";
      for (let index = 1; index <= 4_500; index++) batch += line(index);
      controller.enqueue(encoder.encode(batch));
      await reported;
      controller.enqueue(encoder.encode(line(5_000)));
      controller.close();
    },
  });
  const answer = await bulk("/imports/consents", { method: "POST", body, duplex: "half" } as RequestInit);
  expect(answer.status).toBe(200);
  let text = "";
  for await (const chunk of answer.body! as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('"progress"')) told();
  }
  expect(JSON.parse(text.trimEnd().split("\n").at(-1)!)).toMatchObject({ complete: true, applied: 4_501 });
});

test("nobody without the operator's token", async () => {
  for (const path of ["/exports/consents", "/exports/participants"])
    expect((await bulk(path, {}, "no")).status).toBe(401);
  for (const path of ["/imports/consents", "/imports/participants"]) {
    expect((await bulk(path, { method: "POST", body: "" }, "no")).status).toBe(401);
    expect((await bulk(path)).status).toBe(405);
  }
});

test("an export that cannot go on is not taken for a whole one", async () => {
  const slice = { binding: "CONSENT", sql: '"consents"', action: "fail" } as const;
  await rig.faults({ faults: [{ ...slice, from: 2 }] });
  await expect(bulk("/exports/consents").then((answer) => answer.text())).rejects.toThrow();
  await rig.faults({ faults: [slice] });
  const away = await bulk("/exports/consents");
  await rig.faults({});
  expect([away.status, away.headers.get("content-type")]).toEqual([503, "application/problem+json"]);
});
