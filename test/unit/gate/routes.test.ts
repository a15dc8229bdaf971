/** What the data plane knows of a route is what its configuration says, and nothing a request could add. */
import { expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { secretNames } from "../../../src/gate/routes.ts";
import { opaqueRoute, soundConfig, trainRoute } from "../config/example.ts";
import { opaque, recordRoute, routesOf } from "./sound-routes.ts";

const upstreams = {
  training: {
    url: "https://training.example/in",
    purposes: ["train"],
    headers_from_secrets: { "x-api-key": "TRAINING_KEY", authorization: "TRAINING_AUTH" },
  },
  metrics: { url: "https://metrics.example/in", purposes: ["operate"] },
};

test("by exact path, each with its own upstream and the secrets of that one alone", () => {
  const { byPath } = routesOf([trainRoute(), opaqueRoute()], { upstreams });
  expect([...byPath.keys()]).toEqual(["/ingest/meetings", "/ingest/otlp/v1/traces"]);
  expect(byPath.get("/ingest/meetings")!.upstream).toEqual({
    url: "https://training.example/in",
    headers: [
      ["x-api-key", "the value of TRAINING_KEY"],
      ["authorization", "the value of TRAINING_AUTH"],
    ],
  });
  expect(byPath.get("/ingest/otlp/v1/traces")!.upstream).toEqual({
    url: "https://metrics.example/in",
    headers: [],
  });
});

test("every secret that an upstream asks for is named", () => {
  const parsed = parseConfig({ ...soundConfig(), upstreams });
  expect(parsed.ok && secretNames(parsed.config)).toEqual(["TRAINING_KEY", "TRAINING_AUTH"]);
});

test("a route of records, with its limits", () => {
  const limits = { body_bytes_max: 3_000, hold_bytes_max: 2_000, record_bytes_max: 1_000 };
  expect(recordRoute({ on_deny: "reject", formats: ["ndjson"], limits })).toMatchObject({
    form: "records",
    id: "train-meetings",
    purpose: "train",
    formats: ["ndjson"],
    onDeny: "reject",
    bodyBytesMax: 3_000,
    holdBytesMax: 2_000,
    recordBytesMax: 1_000,
  });
});

test("an opaque route", () => {
  expect(opaque()).toEqual({
    form: "opaque",
    id: "otlp-traces",
    purpose: "operate",
    upstream: { url: "https://metrics.example/in", headers: [] },
    bodyBytesMax: 1_073_741_824,
    contentTypes: ["application/x-protobuf"],
  });
});

test("what holds for all of them", () => {
  expect(routesOf()).toMatchObject({
    digest: "digest",
    hosts: ["localhost"],
    everyone: false,
    cacheMsMax: null,
  });
  const strict = { hosts: ["gate.example"], participation_rule_min: "everyone", consent_cache_ms_max: 500 };
  expect(routesOf(undefined, strict)).toMatchObject({
    hosts: ["gate.example"],
    everyone: true,
    cacheMsMax: 500,
  });
});
