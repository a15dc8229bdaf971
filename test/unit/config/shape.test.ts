import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
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
