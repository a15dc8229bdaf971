/** The routes of a small sound configuration, compiled for the data plane. */
import { parseConfig } from "../../../src/config/parse.ts";
import type { OpaqueRoute, RecordRoute, Routes } from "../../../src/gate/routes.ts";
import { compileRoutes } from "../../../src/gate/routes.ts";
import { opaqueRoute, soundConfig, trainRoute } from "../config/example.ts";

export function routesOf(
  routes: readonly object[] = [trainRoute(), opaqueRoute()],
  over: object = {},
): Routes {
  const result = parseConfig({ ...soundConfig(), routes, ...over });
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return compileRoutes(result.config, "digest", (name) => `the value of ${name}`);
}

export function recordRoute(over: object = {}): RecordRoute {
  return routesOf([trainRoute(over)]).byPath.get("/ingest/meetings") as RecordRoute;
}

export function opaque(over: object = {}): OpaqueRoute {
  return routesOf([opaqueRoute(over)]).byPath.get("/ingest/otlp/v1/traces") as OpaqueRoute;
}
