/** The page at /docs, from the OpenAPI document alone. One file: no script, no link to anything outside. For the build. No I/O. */
import { createHash } from "node:crypto";
import { escapeHtml, inline, markdownToHtml } from "./markdown.ts";

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:54rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
pre{white-space:pre-wrap;padding:.75rem;border:1px solid #8888;border-radius:.3rem}
code{font-family:ui-monospace,monospace;font-size:.9em}
h2{margin-top:3rem;border-bottom:2px solid}h3{margin-top:2rem}h4{margin:.75rem 0 .25rem}
dt{font-family:ui-monospace,monospace;font-size:.9em;margin-top:.4rem}dd{margin:0 0 0 1rem}
.label{margin-bottom:0;font-size:.85em}pre+.label,.label+pre{margin-top:.25rem}
nav li{margin:.3rem 0}summary{cursor:pointer;padding:.4rem 0}
.method{border:1px solid;border-radius:.2rem;padding:0 .3rem;margin-right:.4rem}`;

// biome-ignore lint/suspicious/noExplicitAny: a document is read member by member.
type Any = any;

export interface DocsPage {
  readonly html: string;
  /** For the page's Content-Security-Policy, base64. */
  readonly style_sha256: string;
}

export function docsPage(document: Any): DocsPage {
  const operations: Any[] = Object.entries<Any>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Any>(methods).map(([method, one]) => ({ method: method.toUpperCase(), path, ...one })),
  );
  const schemas = document.components.schemas;
  const sections = document.tags.map(({ name, description }: Any) => {
    const own = operations.filter(({ tags }) => tags.includes(name));
    const parts = own.map((one) => operationSection(one, schemas));
    const listed = own.map(
      ({ operationId, method, path, summary }) =>
        `<li><a href="#${operationId}">${escapeHtml(summary)}</a> <code>${method} ${escapeHtml(path)}</code></li>`,
    );
    return `<section><h2 id="${anchor(name)}">${escapeHtml(name)}</h2><p>${inline(description)}</p>\n<ul>${listed.join("")}</ul>\n${parts.join("")}</section>\n`;
  });
  const contents = document.tags.map(
    ({ name }: Any) => `<li><a href="#${anchor(name)}">${escapeHtml(name)}</a></li>`,
  );
  const named = Object.entries<Any>(schemas).map(
    ([name, schema]) =>
      `<h3 id="schema-${name}">${name}</h3>${schema.description ? `<p>${inline(schema.description)}</p>` : ""}${members(schema)}\n`,
  );
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(document.info.title)} API</title><style>${STYLE}</style></head>
<body><header><h1>${escapeHtml(document.info.title)} ${escapeHtml(document.info.version)}</h1>
<p>The same as <a href="/openapi.json">/openapi.json</a>, to read.</p>
<nav aria-label="Contents"><ul><li><a href="#guide">From nothing to a consented meeting</a></li>${contents.join("")}<li><a href="#schemas">Schemas</a></li></ul></nav></header>
<main><section id="guide">
${markdownToHtml(document.info.description, 2)}</section>
${sections.join("")}<section><h2 id="schemas">Schemas</h2>
${named.join("")}</section></main></body></html>
`;
  return { html, style_sha256: createHash("sha256").update(STYLE).digest("base64") };
}

function operationSection(one: Any, schemas: Any): string {
  const sent = one.requestBody?.content["application/json"];
  const parameters = one.parameters.map(
    ({ name, in: where, required, description }: Any) =>
      `<dt>${escapeHtml(name)} <small>${where}${required ? ", required" : ""}</small></dt><dd>${inline(description)}</dd>`,
  );
  const answers = Object.entries<Any>(one.responses)
    .filter(([status]) => status < "400")
    .map(([status, { description, content }]) => {
      const kind = Object.values<Any>(content)[0].schema;
      return `<dt>${status}</dt><dd>${inline(description)} ${typeOf(kind)}</dd>`;
    });
  return `<article><h3 id="${one.operationId}">${escapeHtml(one.summary)}</h3>
<p><code><span class="method">${one.method}</span>${escapeHtml(one.path)}</code></p><p>${inline(one.description)}</p>
<pre><code>${escapeHtml(curlOf(one))}</code></pre>
${parameters.length > 0 ? `<h4>Parameters</h4><dl>${parameters.join("")}</dl>` : ""}${sent ? `<h4>Body</h4>${body(sent.schema, schemas)}` : ""}
<h4>Answers</h4><dl>${answers.join("")}${refusals(one.responses)}</dl></article>
`;
}

/** Those of `components` are problems, and told together. */
function refusals(responses: Any): string {
  const failed = Object.entries<Any>(responses).filter(([status]) => status >= "400");
  const problems = failed.filter(([, { $ref }]) => $ref !== undefined).map(([status]) => status);
  const own = failed
    .filter(([, { $ref }]) => $ref === undefined)
    .map(([status, { description, content }]) => {
      const [type, { schema }] = Object.entries<Any>(content)[0]!;
      return `<dt>${status}</dt><dd>${inline(description)} ${typeOf(schema)}, as ${type}</dd>`;
    });
  if (problems.length === 0) return own.join("");
  const type = typeOf({ $ref: "#/components/schemas/Problem" });
  return `${own.join("")}<dt>${problems.join(" ")}</dt><dd>${type}, as application/problem+json</dd>`;
}

function body(schema: Any, schemas: Any): string {
  if (schema.$ref !== undefined) return `<p>${typeOf(schema)}</p>`;
  if (schema.oneOf === undefined) return members(schema);
  return schema.oneOf.map((one: Any) => `<p>Either:</p>${body(one, schemas)}`).join("");
}

function members(schema: Any): string {
  const properties = Object.entries<Any>(schema.properties ?? {});
  const told = properties.map(([name, member]) => {
    const required = schema.required?.includes(name) ? "" : ", optional";
    const inner = member.properties ?? member.items?.properties;
    const nested = inner === undefined ? "" : members(member.properties ? member : member.items);
    return `<dt>${escapeHtml(name)} <small>${typeOf(member)}${required}</small></dt><dd>${inline(member.description ?? "")}${nested}</dd>`;
  });
  return told.length === 0 ? "" : `<dl>${told.join("")}</dl>`;
}

/** In HTML. */
function typeOf(schema: Any): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1);
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined) return escapeHtml(schema.enum.join(" | "));
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return `array of ${typeOf(schema.items)}`;
  return escapeHtml(schema.type ?? "any");
}

/** To paste into a shell that has GATE and TOKEN. */
function curlOf({ method, path, requestBody, security }: Any): string {
  const examples: Readonly<Record<string, string>> = {
    account: "northwind",
    service: "meeting-summary",
    conversation: "monday",
    person: "ana",
    key: "$KEY_ID",
    exchange: "$EXCHANGE",
  };
  const url = path.replaceAll(/\{(\w+)\}/g, (_: string, name: string) => examples[name]);
  const content = requestBody?.content ?? {};
  const json = content["application/json"]?.example;
  const verb = method === "GET" ? "" : `-X ${method} `;
  const token = security === undefined ? ` -H "Authorization: Bearer $TOKEN"` : "";
  const line = `curl ${verb}"$GATE${url}"${token}`;
  if (json !== undefined)
    return `${line} \\\n  -H 'Content-Type: application/json' -d '${JSON.stringify(json)}'`;
  if (content["application/x-ndjson"] !== undefined)
    return `${line} \\\n  -H 'Content-Type: application/x-ndjson' --data-binary @lines.ndjson`;
  return line;
}

function anchor(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}
