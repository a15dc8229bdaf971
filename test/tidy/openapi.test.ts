/** What describes /v1 and what /v1 is, held together: the files are what the code makes, and the routes are those there are. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../scripts/openapi.ts";
import { ACCESS } from "../../src/control/access.ts";
import { AUTHZEN_PATHS } from "../../src/control/authzen/authzen.ts";
import { routesOf } from "../../src/control/control.ts";
import type { ControlDeps } from "../../src/control/deps.ts";
import { openapiDocument, templateOf } from "../../src/control/openapi/document.ts";
import { DESCRIPTION_PATHS } from "../../src/control/openapi/openapi.ts";
import { OPERATIONS } from "../../src/control/openapi/operations.ts";
import { WORDED } from "../../src/control/openapi/words.ts";
import { HEALTH_PATH } from "../../src/health.ts";
import { mismatches } from "../support/json-schema.ts";
import { ROOT } from "./sources.ts";

const generated = generate();
// biome-ignore lint/suspicious/noExplicitAny: a document is read member by member.
type Any = any;
const document: Any = JSON.parse(generated.find(({ path }) => path.endsWith("openapi.json"))!.text);
const operations: Any[] = Object.entries<Any>(document.paths).flatMap(([path, methods]) =>
  Object.entries<Any>(methods).map(([method, one]) => ({ at: `${method.toUpperCase()} ${path}`, ...one })),
);

test.each(generated.map(({ path, text }) => [path, text]))(
  "%s is what npm run openapi writes",
  (path, text) => {
    expect(readFileSync(join(ROOT, path!), "utf8") === text, `run npm run openapi: ${path} has aged`).toBe(
      true,
    );
  },
);

test("the document has the routes that there are, and no other", () => {
  const routes = routesOf({} as ControlDeps).map(({ method, path }) => `${method} /v1${templateOf(path)}`);
  const authzen = Object.entries(AUTHZEN_PATHS).map(([path, allow]) => `${allow.split(",")[0]} ${path}`);
  const itself = [...DESCRIPTION_PATHS, HEALTH_PATH].map((path) => `GET ${path}`);
  const zoom = "POST /sources/zoom";
  expect(operations.map(({ at }) => at).sort()).toEqual([...routes, ...authzen, ...itself, zoom].sort());
  // Nor does the worker name a path of its own.
  const named = [...readFileSync(join(ROOT, "src/worker.ts"), "utf8").matchAll(/"(\/[^"\n]*)"/g)];
  expect(named.map(([, path]) => path)).toEqual(["/v1/"]);
  const known = routesOf({} as ControlDeps).map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(OPERATIONS).sort()).toEqual(known.sort());
  const permitted = Object.entries(ACCESS).flatMap(([path, { may }]) =>
    Object.keys(may).map((method) => `${method} ${path}`),
  );
  expect(permitted.filter((one) => !known.includes(one))).toEqual([]);
});

test("self-test: a route that nothing is known of stops the build", () => {
  expect(() => openapiDocument([{ method: "GET", path: "/novelty" }], "0", "")).toThrow("GET /novelty");
});

test("every reference leads somewhere, every operation has its own id", () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
  expect(references.length).toBeGreaterThan(100);
  const lost = references.filter(
    (path) => path.split("/").reduce((node: Any, name) => node?.[name], document) === undefined,
  );
  expect(lost).toEqual([]);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test("every path parameter is described, and those of the path alone", () => {
  for (const { at, parameters } of operations) {
    const named = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = parameters.filter((one: Any) => one.in === "path");
    expect([at, inPath.map(({ name }: Any) => name)]).toEqual([at, named]);
    expect(parameters.every(({ description, schema }: Any) => description && schema)).toBe(true);
  }
});

test("every example is as its schema has it", () => {
  const bodies = operations.flatMap(({ at, requestBody }) => {
    const body = requestBody?.content["application/json"];
    return body === undefined ? [] : [{ at, ...body }];
  });
  expect(bodies.length).toBeGreaterThan(10);
  expect(bodies.map(({ at, schema, example }) => [at, mismatches(schema, example, document)])).toEqual(
    bodies.map(({ at }) => [at, []]),
  );
});

test("no words are left over", () => {
  const text = JSON.stringify(document);
  expect(WORDED.filter((name) => !text.includes(`"${name}":{`))).toEqual([]);
});

test("the page has every route, and leads and reaches nowhere else", () => {
  const { html } = JSON.parse(generated.find(({ path }) => path.endsWith("page.json"))!.text);
  for (const { operationId } of operations) expect(html).toContain(`<h3 id="${operationId}">`);
  const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to]) => to!);
  const anchors = new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, name]) => `#${name}`));
  expect(links.filter((to) => to !== "/openapi.json" && !anchors.has(to))).toEqual([]);
  expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|style="| on\w+=/);
  expect(anchors.size).toBe([...html.matchAll(/ id="/g)].length);
});
