import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { cloudEvents } from "../../../src/config/presets/cloud-events.ts";
import {
  CUSTOMER_DATA_BATCH,
  rudderEvents,
  segmentEvents,
} from "../../../src/config/presets/customer-data.ts";
import { contentOf, soundConfig, trainContent, trainRoute } from "./example.ts";

function problemsOf(route: object): readonly string[] {
  const result = parseConfig({ ...soundConfig(), routes: [route] });
  return result.ok ? [] : result.problems;
}

const withShape = (shape: object, over: object = {}) => trainRoute({ shape, ...over });
const withFields = (service_data: object) => withShape({ variants: [{ service_data }] });
const serve = { upstream: "metrics", purpose: "serve", services: ["recording"] };
const protect = { upstream: "metrics", purpose: "protect", services: [], kinds: ["invite"] };
const invite = { account: "/account", kind: { fixed: "invite" } };

describe("pointers", () => {
  test.each(["/a", "/a~0b/c~1d", "/*/a", "/gen_ai.usage.input_tokens"])("%s is one", (labels) => {
    expect(problemsOf(trainContent({ labels }))).toEqual([]);
  });

  test.each([
    ["a/b", "write a JSON Pointer"],
    ["", "write a JSON Pointer"],
    ["/a~2", "write ~0 for ~"],
    ["/a~", "write ~0 for ~"],
    ["/a//b", "remove the empty segment"],
    ["/é", "printable ASCII"],
    ["/__proto__/a", "may not hold __proto__"],
    ["/a".repeat(65), "at most 64 segments"],
  ])("%s is not", (labels, problem) => {
    const problems = problemsOf(trainContent({ labels }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`content.labels: `);
    expect(problems[0]).toContain(problem);
  });

  test.each(["account", "conversation", "speaker"])("%s is in one place", (member) => {
    expect(problemsOf(trainContent({ [member]: "/people/*/id" }))).toEqual([
      `routes[0].shape.variants[0].content.${member}: point at one member: * is not possible here.`,
    ]);
  });
});

describe("what a record says against itself", () => {
  test.each<[refused_by: object, problem: string | null]>([
    [{ pointer: "/c/p", required_in: "/c", unless_true: "all" }, null],
    [{ pointer: "/c/p", unless_true: ["Ads", "a/b"] }, null],
    [{ pointer: "/d", if_listed: "any" }, null],
    [{ pointer: "/d", if_listed: ["C1"] }, null],
    [{ pointer: "/w", words: { a: "nothing", b: "refused", c: "health_information" }, listed: true }, null],
    [{ pointer: "/d/*", if_listed: "any" }, "* is not possible here"],
    [{ pointer: "/d", if_listed: "all" }, "if_listed"],
    [{ pointer: "/d", if_listed: [] }, "name at least one"],
    [{ pointer: "/c", unless_true: "any" }, "unless_true"],
    [{ pointer: "/c", unless_true: ["a", "a"] }, "named twice"],
    [{ pointer: "/c" }, "unless_true"],
    [{ pointer: "/w", words: { a: "granted" } }, "words.a"],
    [{ pointer: "/w", words: { a: "nothing" }, if_listed: "any" }, "if_listed"],
  ])("%j", (refused_by, problem) => {
    const problems = problemsOf(trainContent({ refused_by: [refused_by] }));
    expect(problems).toHaveLength(problem === null ? 0 : 1);
    if (problem !== null) expect(problems[0]).toContain(problem);
  });

  test("what is needed of what is left may stay", () => {
    const variant = { content: contentOf(), strip_to: { "/id": "id" } };
    expect(problemsOf(withShape({ variants: [{ ...variant, strip_needs: ["/id"] }] }))).toEqual([]);
    const problems = problemsOf(withShape({ variants: [{ ...variant, strip_needs: ["/id", "/x"] }] }));
    expect(problems).toEqual([
      'routes[0].shape.variants[0].strip_needs[1]: "/x" is not among what may stay, so nothing ever would; add it there or remove it.',
    ]);
  });
});

describe("presets of events", () => {
  const about = { account: "/account", conversation: "/data/room", kind: { fixed: "chat" } } as const;
  test.each<[name: string, shape: object]>([
    ["cloudEvents", cloudEvents({ ...about, types: ["a"], service_data: { b: { "/data/n": "number" } } })],
    ["cloudEvents with attributes", cloudEvents({ ...about, attributes: { "/subject": "id" } })],
    ["segmentEvents", segmentEvents(about)],
    [
      "segmentEvents with usage",
      segmentEvents({ ...about, usage: { "Meeting Ended": { "/properties/n": "number" } } }),
    ],
    ["rudderEvents", rudderEvents({ ...about, consent_ids: ["C1"], fields: { "/context/room": "id" } })],
  ])("%s are sound", (_, shape) => {
    expect(problemsOf(withShape(shape, { wrapper: CUSTOMER_DATA_BATCH }))).toEqual([]);
  });

  test("the write key, and content under another name, are never service data", () => {
    for (const name of ["writeKey", "write_key", "data_base64", "dataref"])
      expect(
        problemsOf(trainRoute({ wrapper: { items: "batch", fields: { [`/${name}`]: "id" } } })),
      ).toHaveLength(1);
  });

  test("events in headers are told apart by their type", () => {
    const binary = { formats: ["cloudevents-binary"] };
    expect(problemsOf(withShape(cloudEvents(about), binary))).toEqual([]);
    const shape = { ...cloudEvents({ ...about, types: ["a"] }), discriminator: "/data/type" };
    expect(problemsOf(withShape(shape, binary))).toEqual([
      'routes[0].shape.discriminator: events in headers are told apart by their type; write "/type".',
    ]);
  });

  test("events in headers are in no envelope, and say themselves whose they are", () => {
    const binary = { formats: ["cloudevents-binary"] };
    const { shape: _, ...headed } = trainRoute({ attribution: "headers" });
    expect(problemsOf(headed)).toEqual([]);
    expect(problemsOf({ ...headed, ...binary })).toHaveLength(1);
    const enveloped = { record: "/record", variants: [{ content: contentOf() }] };
    expect(problemsOf(withShape(enveloped))).toEqual([]);
    const [problem, ...more] = problemsOf(withShape(enveloped, binary));
    expect([problem?.startsWith("routes[0].shape.record: "), more]).toEqual([true, []]);
  });

  test.each([
    [["application/x-www-form-urlencoded"], 0],
    [["text/plain"], 0],
    [["application/x-ndjson"], 1],
    [["application/cloudevents+json"], 1],
    [["multipart/form-data"], 1],
    [["audio/wav"], 1],
    [["TEXT/plain"], 1],
    [[], 1],
  ])("JSON may be sent as %j: %i problems", (json_sent_as, problems) => {
    expect(problemsOf(trainRoute({ json_sent_as }))).toHaveLength(problems);
    expect(problemsOf(trainRoute({ json_sent_as, formats: ["ndjson"] }))).toHaveLength(problems + 1);
  });
});

describe("what a decision needs", () => {
  test.each(["account", "conversation", "captured_at", "kind"])("a train route must find %s", (member) => {
    const { [member]: _, ...content } = contentOf();
    const problems = problemsOf(withShape({ variants: [{ content }] }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`routes[0].shape.variants[0].content.${member}: is missing`);
  });

  test("a serve route must find the account", () => {
    const content = { kind: { fixed: "audio" } };
    expect(problemsOf(withShape({ variants: [{ content }] }, serve))).toHaveLength(1);
    expect(problemsOf(withShape({ variants: [{ content: { ...content, account: "/a" } }] }, serve))).toEqual(
      [],
    );
  });

  test("a protect route has invites, and says so itself", () => {
    expect(problemsOf(withShape({ variants: [{ content: invite }] }, protect))).toEqual([]);
    for (const kind of [{ fixed: "chat" }, { pointer: "/kind" }]) {
      expect(problemsOf(withShape({ variants: [{ content: { ...invite, kind } }] }, protect))).toEqual([
        'routes[0].shape.variants[0].content.kind: on a protect route the kind comes from the configuration; write { fixed: "invite" }.',
      ]);
    }
    expect(
      problemsOf(withShape({ variants: [{ content: invite }] }, { ...protect, kinds: ["chat"] })),
    ).toHaveLength(1);
  });

  test("a speaker that is required must be looked for", () => {
    const { speaker: _, ...content } = contentOf({ speaker_required: true });
    expect(problemsOf(withShape({ variants: [{ content }] }))).toHaveLength(1);
  });

  test("a kind is fixed or found, and mapped to known kinds", () => {
    expect(problemsOf(trainContent({ kind: { pointer: "/files/*/type", map: { MP4: "video" } } }))).toEqual(
      [],
    );
    expect(problemsOf(trainContent({ kind: { pointer: "/t", map: { MP4: "film" } } }))[0]).toContain(
      "kind.map.MP4",
    );
    expect(problemsOf(trainContent({ kind: { fixed: "smell" } }))[0]).toContain("write one of audio, video");
    expect(problemsOf(trainContent({ kind: { pointer: "/t", map: { constructor: "chat" } } }))).toHaveLength(
      1,
    );
  });
});

describe("variants", () => {
  const usage = { service_data: { "/count": "number" } };

  test("none stands behind one that takes every record", () => {
    expect(problemsOf(withShape({ variants: [usage, usage] }))).toEqual([
      "routes[0].shape.variants[1]: variants[0] has no when and takes every record; move this one before it.",
    ]);
  });

  test("none takes a word that another took", () => {
    const variants = [
      { ...usage, when: ["a", "b"] },
      { ...usage, when: ["c", "b"] },
    ];
    expect(problemsOf(withShape({ discriminator: "/type", variants }))).toEqual([
      'routes[0].shape.variants[1].when: variants[0] takes "b" already; remove it here or there.',
    ]);
  });

  test("words need a member to be found in", () => {
    expect(problemsOf(withShape({ variants: [{ ...usage, when: ["a"] }] }))[0]).toContain(
      "shape.discriminator: is missing",
    );
  });

  test("at least one, each of content or of service data", () => {
    expect(problemsOf(withShape({ variants: [] }))).toHaveLength(1);
    expect(problemsOf(withShape({ variants: [{}] }))[0]).toContain("variants[0].service_data: is missing");
    expect(problemsOf(withShape({ variants: [{ content: contentOf(), ...usage }] }))[0]).toContain(
      "no such setting",
    );
  });
});

describe("field rules", () => {
  test("hold numbers, booleans, timestamps, ids and enumerated words", () => {
    const rules = {
      "/a": "number",
      "/b": "boolean",
      "/c": "timestamp",
      "/d": "id",
      "/e/*": { words: ["x y"] },
    };
    expect(problemsOf(withFields(rules))).toEqual([]);
  });

  test.each([
    ["string"],
    [{ words: [] }],
    [{ words: ["x".repeat(65)] }],
    [{ words: ["a"], more: 1 }],
    [null],
  ])("never %o", (rule) => {
    expect(problemsOf(withFields({ "/a": rule }))).toHaveLength(1);
  });

  test("one value is not also an object", () => {
    expect(problemsOf(withFields({ "/a": "id", "/a/b/c": "id" }))[0]).toContain('"/a" holds one value');
  });

  test("members that differ by case cannot be told apart", () => {
    expect(problemsOf(withFields({ "/Type": "id", "/type": "id" }))[0]).toContain(
      "upper and lower case only",
    );
  });

  test.each([
    "/text",
    "/payload/download_url",
    "/downloadUrl",
    "/files/*/play_url",
    "/password",
    "/transcript",
    "/embedding/*",
    "/gen_ai.input.messages",
    "/gen_ai/input/messages",
    "/attributes/gen_ai.prompt.0.role",
    "/gen_ai.tool.call.arguments",
    "/llm.input_messages.0.message.role",
    "/http.request.header.cookie",
    "/ai.response.toolCalls",
  ])("%s names content, whatever it may hold", (pointer) => {
    for (const rule of ["id", "number", { words: ["a"] }]) {
      const problems = problemsOf(withFields({ [pointer]: rule }));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain("a member of this name holds or opens content");
    }
  });

  test.each([
    "/gen_ai.usage.input_tokens",
    "/gen_ai.usage.prompt_tokens",
    "/content_bytes",
    "/chat_message/message_id",
  ])("%s does not", (pointer) => {
    expect(problemsOf(withFields({ [pointer]: "number" }))).toEqual([]);
  });
});
