/** Forms with a file of records, from a client that nobody here wrote: the platform's own FormData. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { content, denied, seedWorld, telemetry, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  for (const request of rig.upstreams.main.received) assertNoMarker(request.body, "the upstream");
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

const send = (body: BodyInit, type?: string, route = "form") =>
  fetch(`${rig.url}/ingest/${route}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, ...(type === undefined ? {} : { "content-type": type }) },
    body,
  });

async function received(): Promise<FormData> {
  const [request] = rig.upstreams.main.received;
  const { body, headers } = request!;
  return new Response(new Uint8Array(body), {
    headers: { "content-type": headers["content-type"]! },
  }).formData();
}

describe("a form with a file of records", () => {
  test("goes on with what is allowed of its file and of its fields", async () => {
    const sent = new FormData();
    sent.set("purpose", "fine-tune");
    sent.set("note", MARKER);
    const lines = [content(), denied(), telemetry(), content({ id: "r2" })];
    sent.set("file", new File([`${lines.join("\n")}\n`], `${MARKER} notes.jsonl`));
    const response = await send(sent);
    expect([response.status, response.headers.get("tenfour-outcome")]).toEqual([
      200,
      "forwarded=3, stripped=1, dropped=0",
    ]);
    const form = await received();
    expect([...form.keys()]).toEqual(["purpose", "file"]);
    expect(form.get("purpose")).toBe("fine-tune");
    const file = form.get("file") as File;
    expect(file.name).toBe("file.jsonl");
    const [first, stripped, third, fourth, end] = (await file.text()).split("\n");
    expect([first, third, fourth, end]).toEqual([content(), telemetry(), content({ id: "r2" }), ""]);
    expect(stripped).toContain('"id":"r1"');
  });

  test("is not sent at all when nothing of its file is left", async () => {
    const sent = new FormData();
    sent.set("file", new File([denied({ account: "nobody" })], "a.jsonl"));
    const response = await send(sent);
    expect([response.status, response.headers.get("tenfour-outcome")]).toEqual([
      200,
      "forwarded=0, stripped=0, dropped=1",
    ]);
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("of many windows keeps every line and its order", async () => {
    const lines = Array.from({ length: 6_000 }, (_, i) =>
      content({ id: `r${i}`, text: randomBytes(300).toString("base64") }),
    );
    const sent = new FormData();
    sent.set("file", new File([lines.join("\r\n")], "a.jsonl"));
    expect((await send(sent)).headers.get("tenfour-outcome")).toBe("forwarded=6000, stripped=0, dropped=0");
    const form = await received();
    expect(await (form.get("file") as File).text()).toBe(`${lines.join("\n")}\n`);
  });

  test.each([
    ["two boundaries", "multipart/form-data; boundary=X; boundary=Y", 415],
    ["a continued boundary", "multipart/form-data; boundary*0=X", 415],
    ["no boundary", "multipart/form-data", 415],
    ["another kind of form", "multipart/mixed; boundary=X", 415],
    ["another boundary than it says", "multipart/form-data; boundary=Y", 400],
  ])("with %s is refused", async (_, type, status) => {
    const head = 'Content-Disposition: form-data; name="file"; filename="a.jsonl"';
    const response = await send(`--X\r\n${head}\r\n\r\n${content()}\r\n--X--\r\n`, type);
    expect(response.status).toBe(status);
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("is refused by a route that expects none", async () => {
    const sent = new FormData();
    sent.set("file", new File([content()], "a.jsonl"));
    expect((await send(sent, undefined, "strip")).status).toBe(415);
  });
});
