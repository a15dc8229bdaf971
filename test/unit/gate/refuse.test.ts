/** A request that never became an exchange: answered after its sender has been heard out, but where it waits to be told to go on. */
import { expect, test } from "vitest";
import { Fault } from "../../../src/gate/fault.ts";
import { refuse } from "../../../src/gate/refuse.ts";

function requestOf(headers: Record<string, string>, pieces = 3) {
  const sender = { taken: 0, cancelled: false };
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const out = controller as ReadableByteStreamController;
      if (sender.taken === pieces) {
        out.close();
        out.byobRequest?.respond(0);
        return;
      }
      sender.taken += 1;
      out.enqueue(new Uint8Array(1_000));
    },
    cancel: () => {
      sender.cancelled = true;
    },
  });
  return { sender, request: { headers: new Headers(headers), body } as unknown as Request };
}

test("it is heard out, and told why", async () => {
  const { sender, request } = requestOf({});
  const answer = await refuse(request, new Fault("key_missing"));
  expect([answer.status, sender.taken]).toEqual([401, 3]);
});

test("who asks before sending is not told to go on", async () => {
  const { sender, request } = requestOf({ expect: "100-continue" });
  const answer = await refuse(request, new Fault("key_missing"));
  expect([answer.status, sender.taken]).toEqual([401, 0]);
});

test("a body that is being read already is left to its reader", async () => {
  const { sender, request } = requestOf({});
  request.body!.getReader();
  expect((await refuse(request, new Fault("route_unknown"))).status).toBe(404);
  expect(sender.taken).toBe(0);
});

test("no body, and a bug: said to be one, and no more", async () => {
  const request = { headers: new Headers(), body: null } as unknown as Request;
  const answer = await refuse(request, new RangeError("SECRET-7f3a"));
  const text = await answer.text();
  expect([answer.status, JSON.parse(text).code]).toEqual([500, "internal_error"]);
  expect(text).not.toContain("SECRET");
});
