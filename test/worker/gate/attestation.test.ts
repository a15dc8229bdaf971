/** What an upstream really received, put to the verifier it is given: taken once, as it came, for here; anything else refused. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishedKeys } from "../../../scripts/ledger-key.ts";
import {
  type Attested,
  MemoryReplayStore,
  readGateKeys,
  type UpstreamPolicy,
  verifyAttestation,
} from "../../../src/attestation/upstream.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import type { Received } from "../../support/raw-upstream.ts";
import { content, seedWorld, telemetry, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;
let keys: UpstreamPolicy["keys"];
beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
  keys = await readGateKeys(await publishedKeys(rig.gate.secrets.TENFOUR_LEDGER_KEY));
});
afterAll(() => rig.dispose());

async function through(path: string, type: string, body: string): Promise<Received> {
  const answer = await rig.send({
    method: "POST",
    path: `/ingest/${path}`,
    headers: { authorization: `Bearer ${key}`, "content-type": type },
    pieces: [body],
  });
  expect(answer.status).toBe(200);
  return rig.upstreams.main.received.at(-1)!;
}

const trained = () => through("drop", "application/json", content());

function policy(changed: Partial<UpstreamPolicy> = {}): UpstreamPolicy {
  const target = `${rig.upstreams.main.url}/train`;
  return { keys, target, routes: ["drop"], purposes: ["train"], replay: new MemoryReplayStore(), ...changed };
}

const verdict = ({ method, headers, body }: Received, with_ = policy()): Promise<Attested> =>
  verifyAttestation(
    { method, header: (name) => headers[name] ?? null, body: async () => body },
    with_,
    Date.now(),
  );

async function code(received: Received, with_ = policy()): Promise<string> {
  const attested = await verdict(received, with_);
  return attested.ok ? "ok" : attested.code;
}

test("a body known before it left is signed with its digest, under the configuration in force", async () => {
  const received = await trained();
  const { config_digest } = (await (await fetch(`${rig.url}/healthz`)).json()) as { config_digest: string };
  expect(await verdict(received)).toEqual({
    ok: true,
    attestation: {
      exchange: received.headers["tenfour-exchange"],
      route: "drop",
      purpose: "train",
      configuration: config_digest,
      keyId: expect.stringMatching(/^localhost\/tenfour\+[0-9a-f]{8}$/),
      bodyChecked: true,
    },
  });
});

test("a body that streams, and an opaque one, are signed without", async () => {
  const lines = Array.from({ length: 3_000 }, (_, i) => content({ id: `r${i}`, text: "x".repeat(200) }));
  const streamed = await through("drop", "application/x-ndjson", lines.join("\n"));
  expect(await verdict(streamed)).toMatchObject({ ok: true, attestation: { bodyChecked: false } });
  const opaque = await through("opaque/v1/traces", "application/json", "{}");
  const operate = { target: `${rig.upstreams.main.url}/operate`, routes: ["opaque"], purposes: ["operate"] };
  expect(await verdict(opaque, policy(operate))).toMatchObject({
    ok: true,
    attestation: { route: "opaque", purpose: "operate", bodyChecked: false },
  });
});

test("refused: around the gate, again, with another body, of another route, for another endpoint", async () => {
  const received = await trained();
  const { signature: _, "signature-input": __, ...unsigned } = received.headers;
  expect(await code({ ...received, headers: unsigned })).toBe("not_attested");
  expect(await code({ ...received, body: Buffer.from(content({ text: "other words" })) })).toBe(
    "digest_mismatch",
  );
  const once = policy();
  expect([await code(received, once), await code(received, once)]).toEqual(["ok", "replayed"]);
  expect(await code(received, policy({ routes: ["strip"] }))).toBe("wrong_route");
  expect(await code(received, policy({ target: `${rig.upstreams.main.url}/partner` }))).toBe("bad_signature");
  const serviceData = await through("telemetry", "application/json", telemetry());
  const asTraining = { ...serviceData.headers, "tenfour-route": "drop", "tenfour-purpose": "train" };
  expect(await code({ ...serviceData, headers: asTraining })).toBe("bad_signature");
});
