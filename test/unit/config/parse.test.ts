import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import { contentOf, opaqueRoute, soundConfig, trainContent, trainRoute } from "./example.ts";

function problemsOf(config: unknown): readonly string[] {
  const result = parseConfig(config);
  return result.ok ? [] : result.problems;
}

function parsed(config: unknown) {
  const result = parseConfig(config);
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return result.config;
}

const withTop = (over: object) => ({ ...soundConfig(), ...over });
const withRoute = (route: object) => withTop({ routes: [route] });
const withUpstream = (over: object) =>
  withTop({
    upstreams: { ...soundConfig().upstreams, training: { ...soundConfig().upstreams.training, ...over } },
  });

describe("a sound configuration", () => {
  test("gets its defaults", () => {
    const config = parsed(soundConfig());
    expect(config.participation_rule_min).toBe("speaker");
    expect(config.presence_settle_s).toBe(60);
    expect(config.routes[0]).toMatchObject({
      service_data_to_third_party: false,
      service_data_excess: "strip",
      limits: {
        record_bytes_max: LIMITS.record_bytes_max,
        hold_bytes_max: LIMITS.hold_bytes_max,
        body_bytes_max: LIMITS.body_bytes_max,
      },
    });
    expect(config.routes[1]).toMatchObject({ service_data_to_third_party: false });
  });

  test("keeps what it says", () => {
    const config = parsed(
      withTop({
        participation_rule_min: "everyone",
        presence_settle_s: 0,
        routes: [trainRoute({ limits: { body_bytes_max: 1000 }, service_data_excess: "refuse" })],
      }),
    );
    expect(config).toMatchObject({ participation_rule_min: "everyone", presence_settle_s: 0 });
    expect(config.routes[0]).toMatchObject({
      service_data_excess: "refuse",
      limits: { record_bytes_max: 1000, hold_bytes_max: 1000, body_bytes_max: 1000 },
    });
  });

  test("has no consent cache unless it says so, and none beyond a minute", () => {
    expect(parsed(soundConfig()).evidence_retention_days).toBe(null);
    expect(parsed(withTop({ evidence_retention_days: 400 })).evidence_retention_days).toBe(400);
    for (const wrong of [0, 1, 1.5, 36_501, "400"]) {
      expect(parseConfig(withTop({ evidence_retention_days: wrong })).ok).toBe(false);
    }
    expect(parsed(soundConfig()).consent_cache_ms_max).toBe(0);
    expect(parsed(withTop({ consent_cache_ms_max: 60_000 })).consent_cache_ms_max).toBe(60_000);
    for (const wrong of [60_001, -1, 0.5, "1000", null]) {
      expect(parseConfig(withTop({ consent_cache_ms_max: wrong })).ok).toBe(false);
    }
  });

  test("has one canonical text, whatever the order of its members", () => {
    const { routes, ...rest } = soundConfig();
    const reversed = Object.fromEntries(Object.entries({ ...rest, routes }).reverse());
    expect(parsed(reversed).canonical).toBe(parsed(soundConfig()).canonical);
    expect(parsed(withTop({ presence_settle_s: 60 })).canonical).toBe(parsed(soundConfig()).canonical);
    expect(parsed(withTop({ presence_settle_s: 61 })).canonical).not.toBe(parsed(soundConfig()).canonical);
    expect(JSON.parse(parsed(soundConfig()).canonical)).toMatchObject({ hosts: ["localhost"] });
  });

  test("is not changed by being parsed", () => {
    const config = soundConfig();
    parseConfig(config);
    parseConfig({ ...config, hosts: [1] });
    expect(config).toEqual(soundConfig());
  });
});

test("every problem is listed at once, each beginning with where it is", () => {
  const problems = problemsOf({
    hosts: ["LOCALHOST", 5],
    services: [{ id: "a", name: "A", opt_in: "yes" }],
    colour: "red",
    upstreams: { training: { url: "http://training.example/", purposes: ["train", "serve"] } },
    routes: [
      trainRoute({ upstream: "nowhere", path: "/v1/accounts", services: ["b"], kinds: ["smell"] }),
      { ...opaqueRoute(), opaque: { accepted_by: "", reason: "x" } },
      null,
    ],
  });
  expect(problems.map((line) => line.slice(0, line.indexOf(":"))).sort()).toEqual(
    [
      "colour",
      "hosts[0]",
      "hosts[1]",
      "routes[0].kinds[0]",
      "routes[0].path",
      "routes[0].services[0]",
      "routes[0].upstream",
      "routes[1].opaque.accepted_at",
      "routes[1].opaque.accepted_by",
      "routes[1].upstream",
      "routes[2]",
      "services[0].opt_in",
      "upstreams.training.purposes",
      "upstreams.training.url",
    ].sort(),
  );
  for (const line of problems) expect(line).toMatch(/^[\w.[\]"/~-]+: \S.*\S\.$/);
});

/** [what is spoilt, the whole sentence or a part of it]. Exactly one problem each. */
const SPOILT: [config: unknown, problem: string][] = [
  [null, "the configuration: write an object, not null."],
  [withTop({ hosts: [] }), "hosts: name at least one."],
  [withTop({ hosts: ["a.example", "a.example"] }), "hosts: remove what is named twice."],
  [withTop({ hosts: ["localhost:8787"] }), "hosts[0]: write the host name without a port."],
  [withTop({ hosts: ["[::1]:8787"] }), "hosts[0]: write the host name without a port."],
  [withTop({ hosts: ["https://a.example"] }), "hosts[0]: write a host name as clients send it"],
  [withTop({ presence_settle_s: 86_401 }), "presence_settle_s: write a whole number from 0 to 86400."],
  [withTop({ presence_settle_s: 1.5 }), "presence_settle_s: write a whole number from 0 to 86400."],
  [
    withTop({ participation_rule_min: "nobody" }),
    "participation_rule_min: write one of notice, speaker, everyone",
  ],
  [withTop({ routes: [] }), "routes: add at least one route."],
  [withTop({ routes: [trainRoute(), trainRoute({ path: "/ingest/b" })] }), "routes[1].id: "],
  [withTop({ routes: [trainRoute(), trainRoute({ id: "b" })] }), "routes[1].path: "],

  [withRoute(trainRoute({ path: "/ingest" })), "routes[0].path: begin it with /ingest/"],
  [withRoute(trainRoute({ path: "/v1/ingest/x" })), "routes[0].path: begin it with /ingest/"],
  [withRoute(trainRoute({ path: "/ingest/" })), "routes[0].path: write it without // and without a slash"],
  [withRoute(trainRoute({ path: "/ingest/a/" })), "routes[0].path: write it without // and without a slash"],
  [withRoute(trainRoute({ path: "/ingest//a" })), "routes[0].path: write it without // and without a slash"],
  [withRoute(trainRoute({ path: "/ingest/../v1" })), "routes[0].path: write it without dot segments"],
  [withRoute(trainRoute({ path: "/ingest/./a" })), "routes[0].path: write it without dot segments"],
  ...["%2e", "\\", ";a", "?a", "#a", ":id", "*", "é", " "].map((part): [unknown, string] => [
    withRoute(trainRoute({ path: `/ingest/a${part}` })),
    "routes[0].path: paths are exact",
  ]),

  [withUpstream({ url: "/training" }), "upstreams.training.url: write a whole URL"],
  [withUpstream({ url: "http://training.example/" }), "upstreams.training.url: use https"],
  [withUpstream({ url: "http://127.0.0.1.example/" }), "upstreams.training.url: use https"],
  [withUpstream({ url: "ftp://localhost/" }), "upstreams.training.url: use https"],
  [withUpstream({ url: "https://u:p@training.example/" }), "upstreams.training.url: remove the credentials"],
  [withUpstream({ url: "https://training.example/?" }), "upstreams.training.url: write it without query"],
  [withUpstream({ url: "https://training.example/#" }), "upstreams.training.url: write it without query"],
  [
    withUpstream({ url: "https://t.example" }),
    "upstreams.training.url: write it as it will be sent: https://t.example/.",
  ],
  [withUpstream({ url: "https://t.example/a/../b" }), "upstreams.training.url: write it as it will be sent"],
  [withUpstream({ headers_from_secrets: { host: "KEY" } }), "upstreams.training.headers_from_secrets.host: "],
  [
    withUpstream({ headers_from_secrets: { "x-key": "sk-123" } }),
    'headers_from_secrets["x-key"]: name the secret',
  ],
  [
    withUpstream({ headers_from_secrets: { "x-key": "TENFOUR_KEY_SECRET" } }),
    "the gate's own secrets are never sent anywhere",
  ],
  [
    withTop({
      upstreams: {
        ...soundConfig().upstreams,
        other: { url: "http://localhost:8788/training/", purposes: ["serve"] },
      },
    }),
    "upstreams.other.url: leads where upstreams.training leads",
  ],
  [
    withRoute(opaqueRoute({ upstream: "training" })),
    "routes[0].purpose: upstreams.training does not serve operate",
  ],
  [withRoute(opaqueRoute({ upstream: "toString" })), 'routes[0].upstream: "toString" is not among upstreams'],
  [
    withTop({
      routes: [
        opaqueRoute(),
        opaqueRoute({
          id: "b",
          path: "/ingest/b",
          recipient: "third-party",
          service_data_to_third_party: true,
        }),
      ],
    }),
    "routes[1].recipient: routes[0] leads to the same place as first-party",
  ],

  [withRoute(trainRoute({ services: [] })), "routes[0].services: name every service the model improves"],
  [withRoute(trainRoute({ services: ["chess"] })), 'routes[0].services[0]: "chess" is not among services'],
  [
    withRoute(trainRoute({ upstream: "metrics", purpose: "serve", services: [] })),
    "routes[0].services: name every",
  ],
  [
    withRoute(trainRoute({ limits: { record_bytes_max: LIMITS.record_bytes_max + 1 } })),
    `routes[0].limits.record_bytes_max: write a whole number from 1 to ${LIMITS.record_bytes_max}.`,
  ],
  [
    withRoute(trainRoute({ limits: { hold_bytes_max: 0 } })),
    "routes[0].limits.hold_bytes_max: write a whole number",
  ],
  [
    withRoute(trainRoute({ limits: { record_bytes_max: 9, body_bytes_max: 8 } })),
    "routes[0].limits.record_bytes_max: ",
  ],
  [
    withRoute(trainRoute({ formats: ["ndjson"], wrapper: { items: "batch" } })),
    "routes[0].wrapper: only json",
  ],
  [withRoute(trainRoute({ formats: ["multipart"] })), "routes[0].multipart: multipart in formats"],
  [withRoute(trainRoute({ multipart: { file: "file" } })), "routes[0].multipart: multipart in formats"],
  [
    withRoute(trainRoute({ formats: ["multipart"], multipart: { file: "file", fields: { file: "id" } } })),
    "routes[0].multipart.fields.file: this part is the file",
  ],
  [
    withRoute(trainRoute({ formats: ["multipart"], multipart: { file: "a b" } })),
    "routes[0].multipart.file: write 1 to 64",
  ],
  [
    withRoute(trainRoute({ formats: ["multipart"], multipart: { file: "_charset_" } })),
    "routes[0].multipart.file: a form may not hold _charset_",
  ],
  [withRoute(trainRoute({ wrapper: { items: "" } })), "routes[0].wrapper.items: write 1 to 256"],
  [
    withRoute(trainRoute({ wrapper: { items: "batch", fields: { "/Batch/x": "id" } } })),
    'routes[0].wrapper.fields["/Batch/x"]: the records themselves are there',
  ],

  [
    withRoute(opaqueRoute({ recipient: "third-party" })),
    "routes[0].service_data_to_third_party: an opaque body goes to a third party only where this is true",
  ],
  [
    withRoute(
      opaqueRoute({ opaque: { accepted_by: "P", reason: " ", accepted_at: "2026-11-01T09:00:00Z" } }),
    ),
    "routes[0].opaque.reason: must not be empty",
  ],
  [
    withRoute(
      opaqueRoute({ opaque: { accepted_by: "P", reason: "r", accepted_at: "2026-02-30T09:00:00Z" } }),
    ),
    "routes[0].opaque.accepted_at: write an instant",
  ],
  [withRoute(opaqueRoute({ content_types: ["*/*"] })), "routes[0].content_types[0]: write one media type"],
  [
    withRoute(opaqueRoute({ content_types: ["a/b; charset=utf-8"] })),
    "routes[0].content_types[0]: write one",
  ],
  [withRoute(opaqueRoute({ shape: {} })), "routes[0].shape: there is no such setting"],
  [{ ...soundConfig(), constructor: 1 }, "constructor: no member may have this name"],
];

describe("a spoilt configuration", () => {
  test.each(SPOILT.map(([config, problem]) => ({ config, problem })))("$problem", ({ config, problem }) => {
    const problems = problemsOf(config);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test("an acceptance without its three parts lists all three", () => {
    expect(problemsOf(withRoute(opaqueRoute({ opaque: {} })))).toEqual([
      "routes[0].opaque.accepted_by: is missing; add it.",
      "routes[0].opaque.reason: is missing; add it.",
      "routes[0].opaque.accepted_at: is missing; add it.",
    ]);
  });

  test("what is of the wrong type is not complained of twice", () => {
    expect(problemsOf(withRoute(trainContent({ account: 5 })))).toEqual([
      "routes[0].shape.variants[0].content.account: write text, not 5.",
    ]);
    expect(problemsOf(withRoute(trainRoute({ services: "meeting-summary" })))).toHaveLength(1);
  });

  test.each([
    undefined,
    0,
    "",
    [],
    () => 1,
    { routes: [[]] },
    { routes: { length: 1e9 } },
    Object.create(null),
  ])("is refused whatever it is: %o", (config) => {
    expect(problemsOf(config).length).toBeGreaterThan(0);
  });
});

test("hosts as clients send them are taken", () => {
  const hosts = ["localhost", "127.0.0.1", "[::1]", "gate.example.org", "xn--bcher-kva.example"];
  expect(parsed(withTop({ hosts })).hosts).toEqual(hosts);
});

test.each(["http://localhost:1/", "http://127.9.9.9/x", "http://[::1]:8788/a", "https://h.example/v1/x"])(
  "an upstream may be %s",
  (url) => {
    expect(problemsOf(withUpstream({ url }))).toEqual([]);
  },
);

test("a train route to a third party may be configured: T2 denies its content", () => {
  expect(problemsOf(withRoute(trainRoute({ recipient: "third-party" })))).toEqual([]);
});

test("a long hostile text is looked through once", () => {
  const long = `/ingest/${"a/".repeat(500_000)}`;
  const started = performance.now();
  const hosts = [`${"a-".repeat(500_000)}:`];
  const config = withTop({ hosts, routes: [trainRoute({ path: long, ...contentOf() })] });
  expect(problemsOf(config).length).toBeGreaterThan(1);
  expect(performance.now() - started).toBeLessThan(2000);
});
