/** An issuer's keys: when they are read, how often, and how long they last without their issuer. */
import { generateKeyPairSync } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { IssuerKeys } from "../../../src/identity/issuer-keys.ts";

const key = (kid: string) => ({
  ...generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }),
  kid,
});

let reads: number;
let answer: () => unknown;
let keys: IssuerKeys;
beforeEach(() => {
  reads = 0;
  answer = () => ({ keys: [key("k1")] });
  keys = new IssuerKeys({ jwks_url: "https://id.example/jwks" }, async () => {
    reads += 1;
    return answer();
  });
});
const fail = () => {
  throw new Error("unreachable");
};
const found = async (kid: string | undefined, now: number): Promise<string> => {
  const result = await keys.find("EdDSA", kid, now);
  return result === "unavailable" ? result : result === null ? "none" : "found";
};

describe("reading", () => {
  test("once while they are fresh, again when they are not", async () => {
    expect(await found("k1", 0)).toBe("found");
    expect(await found("k1", LIMITS.jwks_fresh_ms_max)).toBe("found");
    expect(reads).toBe(1);
    expect(await found("k1", LIMITS.jwks_fresh_ms_max + 1)).toBe("found");
    expect(reads).toBe(2);
  });

  test("those who ask at once wait for one reading", async () => {
    expect(await Promise.all(Array.from({ length: 20 }, () => found("k1", 0)))).toEqual(
      Array(20).fill("found"),
    );
    expect(reads).toBe(1);
  });

  test("an unknown kid asks for at most one a minute", async () => {
    await found("k1", 0);
    for (let second = 0; second <= 600; second++) await found(`guess-${second}`, second * 1000);
    expect(reads).toBeLessThanOrEqual(11);
    expect(reads).toBeGreaterThan(5);
  });

  test("a new kid is found within a minute of its use", async () => {
    await found("k1", 0);
    answer = () => ({ keys: [key("k1"), key("k2")] });
    expect(await found("k2", 30_000)).toBe("none");
    expect(await found("k2", LIMITS.jwks_unknown_kid_ms_min + 1)).toBe("found");
  });

  test("a key that is gone is gone with the next reading", async () => {
    await found("k1", 0);
    answer = () => ({ keys: [key("k2")] });
    expect(await found("k1", LIMITS.jwks_fresh_ms_max + 1)).toBe("none");
  });
});

describe("an issuer that cannot be reached", () => {
  test("never seen: unavailable, and not asked all the time", async () => {
    answer = fail;
    for (let ms = 0; ms < 10_000; ms += 100) expect(await found("k1", ms)).toBe("unavailable");
    expect(reads).toBe(2);
  });

  test("its keys last for a bounded time", async () => {
    await found("k1", 0);
    answer = fail;
    expect(await found("k1", LIMITS.jwks_fresh_ms_max + 1)).toBe("found");
    expect(await found("k1", LIMITS.jwks_stale_ms_max)).toBe("found");
    expect(await found("k1", LIMITS.jwks_stale_ms_max + 1)).toBe("unavailable");
    answer = () => ({ keys: [key("k1")] });
    expect(await found("k1", LIMITS.jwks_stale_ms_max + 60_000)).toBe("found");
  });

  test.each([
    ["no object", null],
    ["no keys", {}],
    ["keys that are none", { keys: [1] }],
    ["too many", { keys: Array.from({ length: LIMITS.jwks_keys_max + 1 }, () => ({})) }],
  ])("what is no key set changes nothing: %s", async (_, document) => {
    await found("k1", 0);
    answer = () => document;
    expect(await found("k1", LIMITS.jwks_fresh_ms_max + 1)).toBe("found");
  });

  test("one that never answers does not hold anybody for ever", async () => {
    answer = () => new Promise(() => {});
    expect(await found("k1", 0)).toBe("unavailable");
  });
});
