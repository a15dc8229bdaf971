/** The ledger's core within workerd: signs, exports, verifies and attests, and says what came of it. For a test. */
import { attestationHeaders } from "../../../src/attestation/sign.ts";
import { MemoryReplayStore, verifyRequest } from "../../../src/attestation/upstream.ts";
import { openCheckpoint } from "../../../src/ledger/checkpoint.ts";
import { keyPair } from "../../unit/ledger/keys.ts";
import { sampleLog, verify } from "../../unit/ledger/sample-log.ts";

export default {
  async fetch(): Promise<Response> {
    const sample = await sampleLog(600);
    sample.retain(3, 5);
    const text = (await sample.export()).join("");
    const opened = await openCheckpoint(await sample.checkpoint(300), [sample.key.trusted]);
    if (!opened.ok) return Response.json(opened);
    const held = { name: "kept", checkpoint: opened.checkpoint };
    const whole = await verify(text, { checkpoints: [held] });
    const changed = await verify(text.replace('"ans_8"', '"ans_9"'));
    const { attester, trusted } = await keyPair(1, "gate.example");
    const target = "https://train.example/ingest";
    const headers = attestationHeaders(
      {
        method: "POST",
        targetUri: target,
        exchange: "ex_1",
        route: "meetings",
        purpose: "train",
        configuration: "c",
        contentDigest: null,
      },
      attester,
      Date.now(),
    );
    const policy = {
      keys: [trusted.verifier],
      target,
      routes: ["meetings"],
      replay: new MemoryReplayStore(),
    };
    const request = () => new Request(target, { method: "POST", headers, body: "{}" });
    const first = await verifyRequest(request(), policy);
    const second = await verifyRequest(request(), policy);
    return Response.json({ text, whole: whole.ok, changed, first: first.ok, second });
  },
};
