/** The operator's webhook is told when an answer has impact: signed, until it was taken, and then no more. */
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tick } from "../../../scripts/run-gate.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { content, seedWorld, worldConfig } from "../../support/world.ts";

const SECRET = "a secret that signs what the webhook is told";
let rig: Rig;
let status = 503;
const told: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => {
    body += piece;
  });
  request.on("end", () => {
    told.push({ headers: request.headers, body });
    response.writeHead(status).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/impact`;
  rig = await startRig({
    config: ({ main }) => ({ ...worldConfig(main), impact_webhook: { url, secret: "IMPACT_SECRET" } }),
    bindings: { IMPACT_SECRET: SECRET },
  });
  const key = await seedWorld(rig);
  const answer = await rig.send({
    path: "/ingest/drop",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    pieces: [content()],
  });
  expect(answer.status).toBe(200);
  await tick(rig.gate.mf);
});
afterAll(async () => {
  await rig.dispose();
  server.close();
});

const object = (person: string) =>
  rig.operator<{ id: string }>("POST", `/v1/conversations/m1/participants/${person}/answers`, {
    answer: "objected",
  });
/** A tick by a clock that is so many minutes ahead. */
const tickIn = async (minutes: number) => {
  await rig.faults({ clock: minutes * 60_000 });
  await fetch(`${rig.url}/healthz`);
  await tick(rig.gate.mf);
};

test("of an objection of somebody on whose answer something had rested, and of no other; again until it is taken", async () => {
  told.length = 0;
  await object("dee");
  const { id } = await object("bo");
  await tick(rig.gate.mf);
  const first = told.filter(({ body }) => body.includes(id));
  expect(told).toEqual(first);
  expect(JSON.parse(first[0]!.body)).toMatchObject({
    type: "impact",
    record: id,
    account: "acme",
    answer: "objected",
    impact: `/v1/objections/${id}/impact`,
  });
  const { headers, body } = first[0]!;
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  expect(headers["webhook-signature"]).toBe(
    `v1,${createHmac("sha256", SECRET).update(signed).digest("base64")}`,
  );

  const refused = told.length;
  await tick(rig.gate.mf);
  expect(told).toHaveLength(refused);
  status = 204;
  await tickIn(3);
  expect(told).toHaveLength(refused + 1);
  expect(told.at(-1)!.headers["webhook-id"]).toBe(headers["webhook-id"]);
  await tickIn(180);
  expect(told).toHaveLength(refused + 1);
});
