/**
 * `npm run openapi`: writes src/control/openapi/openapi.json and src/control/openapi/page.json, which the worker serves at /openapi.json and /docs.
 * From the code and docs/first-meeting.md; a test fails while they differ from what this would write.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { routesOf } from "../src/control/control.ts";
import type { ControlDeps } from "../src/control/deps.ts";
import { openapiDocument } from "../src/control/openapi/document.ts";
import { docsPage } from "../src/control/openapi/page.ts";
import { ROOT } from "./bundle.ts";

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export function generate(): GeneratedFile[] {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const guide = readFileSync(join(ROOT, "docs/first-meeting.md"), "utf8");
  // Which routes there are depends on nothing that they are made with.
  const document = openapiDocument(routesOf({} as ControlDeps), version, guide);
  return [
    { path: "src/control/openapi/openapi.json", text: formatted(document) },
    { path: "src/control/openapi/page.json", text: formatted(docsPage(document)) },
  ];
}

/** As `npm run check` wants every file to be. */
function formatted(value: unknown): string {
  const biome = join(ROOT, "node_modules/.bin/biome");
  const args = ["format", "--stdin-file-path=generated.json"];
  return execFileSync(biome, args, { input: JSON.stringify(value, null, 2), cwd: ROOT, encoding: "utf8" });
}

if (import.meta.main) for (const { path, text } of generate()) writeFileSync(join(ROOT, path), text);
