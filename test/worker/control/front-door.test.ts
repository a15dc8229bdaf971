/** The real worker on real bindings: which issuers it believes, how it rotates signing keys, and what it refuses to start with. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../../scripts/bundle.ts";
import { developmentIssuerIn } from "../../../scripts/development-issuer.ts";
import { type RunningGate, runGate } from "../../../scripts/run-gate.ts";
import type { TenfourConfig } from "../../../src/config/define.ts";
import { issueProducerKey } from "../../../src/identity/producer-key.ts";
import { ISSUER, tokenOf } from "../../support/issuer.ts";
import { worldConfig } from "../../support/world.ts";

const folders: string[] = [];
const gates: RunningGate[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "tenfour-test-"));
  folders.push(made);
  return made;
};
const start = async (
  config: TenfourConfig,
  more: Partial<Parameters<typeof runGate>[0]> & { readonly logs?: string[] } = {},
): Promise<RunningGate> => {
  const { logs, ...rest } = more;
  const onLog = (line: string) => void logs?.push(line);
  const gate = await runGate({ config: { value: config }, stateDir: folder(), onLog, ...rest });
  gates.push(gate);
  return gate;
};

/** Serves a key set, or fails, or redirects, as a test wants. */
let jwks: Server;
let jwksUrl: string;
let asked = 0;
let behaviour: "serve" | "redirect" | "large" = "serve";
beforeAll(async () => {
  jwks = createServer((request, response) => {
    asked += 1;
    const body = JSON.stringify(ISSUER.jwks);
    if (behaviour === "redirect" && request.url === "/jwks") {
      response.writeHead(302, { location: "/elsewhere" }).end();
    } else if (behaviour === "large") response.end(`${body}${" ".repeat(300_000)}`);
    else response.end(body);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => jwks.once("listening", resolve));
  jwksUrl = `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/jwks`;
});
afterAll(async () => {
  for (const gate of gates) await gate.dispose();
  jwks.close();
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

const config = (more: Partial<TenfourConfig> = {}): TenfourConfig => ({
  ...worldConfig("http://127.0.0.1:9"),
  ...more,
});
const issuers = (): TenfourConfig["issuers"] => {
  const { jwks: _, ...issuer } = ISSUER;
  return [{ ...issuer, jwks_url: jwksUrl }];
};
const ask = (gate: RunningGate, path: string, token: string, init: RequestInit = {}) =>
  fetch(gate.url + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
const owner = () => tokenOf({ role: "owner", account: "acme", person: "olga" }, Date.now());

describe("an issuer's keys, read from where the configuration says", () => {
  test("a token it signed opens its own account, one reading for all", async () => {
    behaviour = "serve";
    asked = 0;
    const gate = await start(config({ issuers: issuers()! }));
    const put = await ask(gate, "/v1/accounts/acme", gate.secrets.TENFOUR_OPERATOR_TOKEN, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(put.status).toBe(201);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask(gate, "/v1/accounts/acme", owner())),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect((await ask(gate, "/v1/accounts/beta", owner())).status).toBe(404);
    expect((await ask(gate, "/v1/accounts/acme", `${owner()}x`)).status).toBe(401);
    expect(asked).toBe(1);
  });

  test.each(["redirect", "large"] as const)("not when its answer is a %s", async (how) => {
    behaviour = how;
    asked = 0;
    const gate = await start(config({ issuers: issuers()! }));
    const answer = await ask(gate, "/v1/notices", owner());
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(((await answer.json()) as { code: string }).code).toBe("issuer_unavailable");
    expect(asked).toBe(1);
    expect((await ask(gate, "/v1/notices", gate.secrets.TENFOUR_OPERATOR_TOKEN)).status).toBe(200);
  });
});

describe("the development issuer", () => {
  test("npm run token: believed by a gate on this machine that was given its keys, and by no other", async () => {
    const state = folder();
    const token = execFileSync(
      process.execPath,
      ["scripts/token.ts", "--role", "auditor", "--person", "aude", "--state", state],
      { cwd: ROOT, encoding: "utf8" },
    ).trim();
    expect(statSync(join(state, "development-issuer.json")).mode & 0o777).toBe(0o600);
    const bindings = { TENFOUR_DEV_JWKS: developmentIssuerIn(state).jwks };
    expect((await ask(await start(config(), { bindings }), "/v1/notices", token)).status).toBe(200);
    expect((await ask(await start(config()), "/v1/notices", token)).status).toBe(401);
  });

  test.each([
    ["another name", { hosts: ["127.0.0.1", "gate.example.com"] }],
    ["a name that looks like this machine", { hosts: ["127.0.0.1", "localhost.example.com"] }],
  ])("its keys are refused where the gate answers to %s: nothing is served", async (_, more) => {
    const logs: string[] = [];
    const bindings = { TENFOUR_DEV_JWKS: developmentIssuerIn(folder()).jwks };
    const gate = await start(config(more), { bindings, logs });
    const answer = await ask(gate, "/v1/notices", gate.secrets.TENFOUR_OPERATOR_TOKEN);
    expect(answer.status).toBe(503);
    await expect.poll(() => logs.join("\n"), { timeout: 10_000 }).toContain("TENFOUR_DEV_JWKS");
  });

  test.each(["x", "{}", '{"keys":[{"kty":"oct","k":"AA"}]}'])(
    "keys that are none, %s: nothing is served",
    async (bad) => {
      const gate = await start(config(), { bindings: { TENFOUR_DEV_JWKS: bad } });
      expect((await ask(gate, "/v1/notices", gate.secrets.TENFOUR_OPERATOR_TOKEN)).status).toBe(503);
    },
  );
});

test("signing keys rotate: a producer's key that the previous secret signed still verifies, a stranger's does not", async () => {
  const previous = Buffer.alloc(32, 3).toString("base64url");
  const claims = {
    id: "key_old",
    producer: "p",
    accounts: ["*"],
    routes: ["telemetry"],
    issuedAt: Date.now(),
    expiresAt: Date.now() + 60_000,
  };
  const sendWith = async (gate: RunningGate, secret: string) => {
    const key = await issueProducerKey(claims, secret);
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"type":"nothing"}',
    };
    return (await ask(gate, "/ingest/telemetry", key, init)).status;
  };
  const rotating = await start(config(), { bindings: { TENFOUR_KEY_SECRET_PREVIOUS: previous } });
  expect(await sendWith(rotating, previous)).not.toBe(401);
  expect(await sendWith(rotating, rotating.secrets.TENFOUR_KEY_SECRET)).not.toBe(401);
  expect(await sendWith(rotating, Buffer.alloc(32, 4).toString("base64url"))).toBe(401);
  expect(await sendWith(await start(config()), previous)).toBe(401);
  const bad = await start(config(), { bindings: { TENFOUR_KEY_SECRET_PREVIOUS: "short" } });
  expect((await ask(bad, "/v1/notices", bad.secrets.TENFOUR_OPERATOR_TOKEN)).status).toBe(503);
});

test("the platform's own limits: 429 with Retry-After", async () => {
  const gate = await start(config(), { requestsMax: 3, failuresMax: 2 });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i++) {
    statuses.push((await ask(gate, "/v1/notices", gate.secrets.TENFOUR_OPERATOR_TOKEN)).status);
  }
  for (let i = 0; i < 3; i++) statuses.push((await ask(gate, "/v1/notices", "wrong")).status);
  expect(statuses).toEqual([200, 200, 200, 429, 401, 401, 429]);
  expect((await ask(gate, "/v1/notices", "wrong")).headers.get("retry-after")).toBe("10");
});
