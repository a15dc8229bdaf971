/** Serves what `npm run openapi` made of the routes: /openapi.json and /docs. Makes nothing itself, and reads nothing of the request but its method. */

import { problem } from "../problem.ts";
import document from "./openapi.json" with { type: "json" };
import page from "./page.json" with { type: "json" };

export const DESCRIPTION_PATHS: readonly string[] = ["/openapi.json", "/docs"];

const SAFE = { "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache" };

/** `target`: the raw path and query of the request. null: it is for neither. */
export function answerDescription(request: Request, target: string): Response | null {
  const path = target.split("?", 1)[0]!;
  if (!DESCRIPTION_PATHS.includes(path)) return null;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return problem({ code: "method_not_allowed", allow: "GET, HEAD" });
  }
  const [body, headers] = path === "/docs" ? docs() : openapi();
  return new Response(request.method === "HEAD" ? null : body, { headers: { ...SAFE, ...headers } });
}

function openapi(): [body: string, headers: Record<string, string>] {
  return [JSON.stringify(document), { "Content-Type": "application/json" }];
}

function docs(): [body: string, headers: Record<string, string>] {
  const policy = `default-src 'none'; style-src 'sha256-${page.style_sha256}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return [
    page.html,
    {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy,
      "Referrer-Policy": "no-referrer",
    },
  ];
}
