/** A producer is who its signed key names, on the routes the key names, and nothing a request says besides. */
import { expect, test } from "vitest";
import { identify } from "../../../src/gate/identify.ts";
import { issueProducerKey } from "../../../src/identity/producer-key.ts";
import { recordRoute } from "./sound-routes.ts";

const SECRET = Buffer.alloc(32, 1).toString("base64url");
const OLD = Buffer.alloc(32, 2).toString("base64url");
const NOW = 1_000_000;

const keyFor = (over: object = {}, secret = SECRET) =>
  issueProducerKey(
    {
      id: "key_1",
      producer: "recorder",
      accounts: ["acme"],
      routes: ["other", "train-meetings"],
      issuedAt: NOW,
      expiresAt: NOW + 1_000,
      ...over,
    },
    secret,
  );
const identified = (authorization: string | null, now = NOW) =>
  identify(
    new Headers(authorization === null ? {} : { authorization }),
    recordRoute(),
    [SECRET, OLD],
    now,
  ).catch((error) => error.code);

const RECORDER = { id: "recorder", keyId: "key_1", accounts: ["acme"] };

test("by a key of the current secret, or of the one before it", async () => {
  expect(await identified(`Bearer ${await keyFor()}`)).toEqual(RECORDER);
  expect(await identified(`bearer ${await keyFor({}, OLD)}`)).toEqual(RECORDER);
});

test.each<[name: string, authorization: (key: string) => string | null, code: string]>([
  ["no header", () => null, "key_missing"],
  ["an empty one", () => "", "key_missing"],
  ["another scheme", (key) => `Basic ${key}`, "key_missing"],
  ["no scheme", (key) => key, "key_missing"],
  ["something before the scheme", (key) => `x Bearer ${key}`, "key_missing"],
  ["something after the key", (key) => `Bearer ${key} x`, "key_missing"],
  ["no key", () => "Bearer ", "key_missing"],
  ["half a key", (key) => `Bearer ${key.slice(0, -9)}`, "key_malformed"],
  ["nothing like a key", () => "Bearer letmein", "key_malformed"],
])("%s", async (_, authorization, code) => {
  expect(await identified(authorization(await keyFor()))).toBe(code);
});

test.each<[name: string, over: object, secret: string, code: string]>([
  ["a key that has expired", { expiresAt: NOW }, SECRET, "key_expired"],
  ["a key of nobody's secret", {}, Buffer.alloc(32, 3).toString("base64url"), "key_signature"],
  ["a key for other routes", { routes: ["train-meeting", "train-meetings2"] }, SECRET, "route_not_permitted"],
  [
    "a key for every account but this route",
    { accounts: ["*"], routes: ["x"] },
    SECRET,
    "route_not_permitted",
  ],
])("%s", async (_, over, secret, code) => {
  expect(await identified(`Bearer ${await keyFor(over, secret)}`)).toBe(code);
});
