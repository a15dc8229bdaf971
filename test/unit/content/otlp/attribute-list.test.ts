/** The allow-list the product ships: no name in it that is known to hold content, but where the value could not. */
import { expect, test } from "vitest";
import { namesContent } from "../../../../src/config/content-names.ts";
import { checkAttributeKey } from "../../../../src/config/names.ts";
import { ATTRIBUTES } from "../../../../src/content/otlp/attribute-list.ts";

test("a name that says content has a number, a boolean or one of a few words for a value", () => {
  const named = [...ATTRIBUTES].filter(([key]) => namesContent(`/${key}`));
  expect(named.map(([key]) => key)).toContain("gen_ai.token.type");
  for (const [key, rule] of named) {
    expect([key, rule === "number" || rule === "boolean" || typeof rule === "object"]).toEqual([key, true]);
  }
});

test("who and what something is about is not in it", () => {
  for (const key of `user.id user.email enduser.id session.id client.address host.name gen_ai.conversation.id gen_ai.response.id
    gen_ai.agent.name gen_ai.prompt.name aws.s3.key url.path url.full messaging.destination.name user_agent.original`.split(
    /\s+/,
  ))
    expect([key, ATTRIBUTES.has(key)]).toEqual([key, false]);
});

test("every key is one a configuration could write", () => {
  for (const key of ATTRIBUTES.keys()) expect([key, checkAttributeKey(key)]).toEqual([key, null]);
  expect(ATTRIBUTES.size).toBeGreaterThan(300);
});

test("what is one of a few words is one of those that the conventions know", () => {
  const words = (key: string) => {
    const rule = ATTRIBUTES.get(key);
    return typeof rule === "object" ? rule.words.join(" ") : rule;
  };
  const KNOWN = {
    "url.scheme": "http https ws wss grpc ftp",
    "rpc.message.type": "SENT RECEIVED",
    "gen_ai.output.type": "text json image speech",
    "gen_ai.token.type": "input output completion prompt reasoning",
    "gen_ai.request.encoding_formats": "base64 float int8 uint8 binary ubinary",
  };
  for (const [key, known] of Object.entries(KNOWN)) expect([key, words(key)]).toEqual([key, known]);
  const listed = [...ATTRIBUTES].filter(([, rule]) => typeof rule === "object").map(([key]) => key);
  expect(listed.toSorted()).toEqual([...Object.keys(KNOWN), "gen_ai.response.finish_reasons"].toSorted());
  for (const word of ["stop", "tool_calls", "end_turn", "max_tokens", "SAFETY", "TOOL_CALL"])
    expect(words("gen_ai.response.finish_reasons")).toMatch(new RegExp(`(^| )${word}( |$)`));
});

test("no key and no word is empty, and a rule is one of those there are", () => {
  for (const [key, rule] of ATTRIBUTES) {
    if (typeof rule === "object") expect([key, rule.words.includes("")]).toEqual([key, false]);
    else expect(["id", "number", "boolean", "template"]).toContain(rule);
  }
  expect(ATTRIBUTES.get("http.route")).toBe("template");
});
