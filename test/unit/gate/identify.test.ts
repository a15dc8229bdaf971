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

const basic = (text: string) => Buffer.from(text).toString("base64");

test("by a key that is the user name of a Basic without a password", async () => {
  const key = await keyFor();
  expect(await identified(`Basic ${basic(`${key}:`)}`)).toEqual(RECORDER);
  expect(await identified(`basic ${basic(`${key}:`)}`)).toEqual(RECORDER);
  expect(await identified(`Basic ${basic("letmein:")}`)).toBe("key_malformed");
  expect(await identified(`Basic ${basic(`${await keyFor({ expiresAt: NOW })}:`)}`)).toBe("key_expired");
});

test.each<[name: string, credential: (key: string) => string]>([
  ["a password", (key) => basic(`${key}:secret`)],
  ["the key as the password", (key) => basic(`:${key}`)],
  ["the key on both sides", (key) => basic(`${key}:${key}`)],
  ["no colon", (key) => basic(key)],
  ["two colons", (key) => basic(`${key}::`)],
  ["a colon alone", () => basic(":")],
  ["nothing", () => ""],
  ["a space after the colon", (key) => basic(`${key}: `)],
  ["a line break after the colon", (key) => basic(`${key}:\n`)],
  ["a NUL", (key) => basic(`${key}\0:`)],
  ["text that is not base64", (key) => `${key}:`],
  ["base64 of URLs", (key) => Buffer.from(`${key}??>>:`).toString("base64url")],
  ["base64 with something after it", (key) => `${basic(`${key}:`)} x`],
  ["base64 padded too much", (key) => `${basic(`${key}:`).replace(/=*$/, "")}====`],
  ["base64 with stray bits", () => "bGV0bWVpbjp="],
  ["UTF-8", (key) => basic(`é${key}:`)],
])("no key in a Basic with %s", async (_, credential) => {
  expect(await identified(`Basic ${credential(await keyFor())}`)).toBe("key_missing");
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
