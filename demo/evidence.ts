/**
 * The end of the story: bo objects, keeps the receipt, asks what had already left; an auditor takes the evidence home and verifies it there with
 * the public key alone. Leaves `export.ndjson`, `operator.pub` and `receipt.json` in a folder.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../scripts/bundle.ts";
import type { DevelopmentIssuer } from "../scripts/development-issuer.ts";
import { publishedKeys } from "../scripts/ledger-key.ts";
import type { RunningGate } from "../scripts/run-gate.ts";
import { SERVICE } from "./world.ts";

const BO = { role: "participant", account: "acme", conversation: "acme-standup", person: "bo" } as const;
const AUDITOR = { role: "auditor", person: "aude" } as const;
const TTL_S = 300;

/** `left`: the exchanges that bo's words went on in. Resolves to how much came out wrong. */
export async function tellEvidence(
  { url, secrets }: RunningGate,
  issuer: DevelopmentIssuer,
  left: readonly string[],
  dir: string,
): Promise<number> {
  mkdirSync(dir, { recursive: true });
  const keep = (name: string, text: string) => writeFileSync(join(dir, name), text);
  const ask = async (token: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text;
  };
  const bo = issuer.token({ ...BO, ttl: TTL_S });
  const answers = `/v1/conversations/${BO.conversation}/participants/${BO.person}/answers`;
  const { id } = JSON.parse(await ask(bo, answers, { answer: "objected", service: SERVICE })) as {
    id: string;
  };
  console.log("\nbo objects, and keeps the receipt.");
  keep("receipt.json", await ask(bo, `/v1/answers/${id}/receipt`));

  const lines = (await ask(bo, `/v1/objections/${id}/impact`)).trim().split("\n");
  const found = lines.slice(0, -1).map((line) => JSON.parse(line) as { exchange: string; route: string });
  console.log(`What had already left: ${found.length} exchanges.`);
  for (const { exchange, route } of found) console.log(`  ${exchange}  to ${route}`);
  const isExact = found.map(({ exchange }) => exchange).join() === left.join();
  if (!isExact) console.log(`  WRONG: ${left.join(", ")}`);

  keep("export.ndjson", await ask(issuer.token({ ...AUDITOR, ttl: TTL_S }), "/v1/ledger/export"));
  keep("operator.pub", await publishedKeys(secrets.TENFOUR_LEDGER_KEY));
  const args = ["verify", "export.ndjson", "--key", "operator.pub", "--receipt", "receipt.json"];
  console.log(`\nThe auditor, with the public key alone: npx tenfour ${args.join(" ")}`);
  const verifier = spawnSync(process.execPath, [join(ROOT, "scripts/tenfour.ts"), ...args], { cwd: dir });
  console.log(String(verifier.stdout).trimEnd().replaceAll(/^/gm, "  "));
  return (isExact ? 0 : 1) + (verifier.status === 0 ? 0 : 1);
}
