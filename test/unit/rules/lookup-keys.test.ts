/** Everything a window's items need is asked for, once, and no more than a look-up may hold. */
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { ContentItem, Item } from "../../../src/decision/model.ts";
import { KeySet } from "../../../src/rules/lookup-keys.ts";
import { argumentsOf } from "../../cases/decision/story.ts";

const [story] = argumentsOf({ rule: "T15", name: "the story", expect: "consented" });
const said = (claims: Partial<ContentItem> = {}) => ({ ...story, ...claims }) as Item;
const keysOf = (...items: Item[]) => {
  const keys = new KeySet();
  for (const item of items) keys.add(item);
  return keys;
};
const NONE = { accounts: [], conversations: [], people: [], whole: [] };

describe("what is asked for", () => {
  test.each([
    ["service data: nothing", [{ type: "service_data" }], NONE],
    ["an opaque body: nothing", [{ type: "opaque" }], NONE],
    [
      "the account, the conversation and the speaker",
      [said()],
      { accounts: ["acme"], conversations: ["meeting-1"], people: [["meeting-1", "ben"]], whole: [] },
    ],
    [
      "everyone, where nobody is the speaker",
      [said({ speaker: null })],
      { accounts: ["acme"], conversations: ["meeting-1"], people: [], whole: ["meeting-1"] },
    ],
    [
      "those a private message was for, speaker or not",
      [
        said({ privateTo: ["ana", "cy"] }),
        said({ conversation: "meeting-2", speaker: null, privateTo: ["dee"] }),
      ],
      {
        accounts: ["acme"],
        conversations: ["meeting-1", "meeting-2"],
        people: [
          ["meeting-1", "ben"],
          ["meeting-1", "ana"],
          ["meeting-1", "cy"],
          ["meeting-2", "dee"],
        ],
        whole: ["meeting-2"],
      },
    ],
    [
      "nobody of no name",
      [said({ speaker: "", privateTo: [""] })],
      { accounts: ["acme"], conversations: ["meeting-1"], people: [], whole: [] },
    ],
    ["of no conversation the account alone", [said({ conversation: null })], { ...NONE, accounts: ["acme"] }],
    [
      "of no account the conversation all the same",
      [said({ account: null })],
      { ...NONE, conversations: ["meeting-1"], people: [["meeting-1", "ben"]] },
    ],
    ["of neither nothing", [said({ account: null, conversation: null })], NONE],
    [
      "each once, and one name in two conversations twice",
      [
        said(),
        said(),
        said({ account: "globex", conversation: "meeting-2" }),
        said({ speaker: null }),
        said({ speaker: null }),
      ],
      {
        accounts: ["acme", "globex"],
        conversations: ["meeting-1", "meeting-2"],
        people: [
          ["meeting-1", "ben"],
          ["meeting-2", "ben"],
        ],
        whole: ["meeting-1"],
      },
    ],
  ] as const)("%s", (_, items, lookup) => {
    const keys = keysOf(...items);
    expect(keys.toLookup()).toEqual(lookup);
    expect(keys.empty).toBe(Object.values(lookup).every((asked) => asked.length === 0));
  });
});

describe("what was asked for serves others too", () => {
  const whole = () =>
    keysOf(
      said({ privateTo: ["ana"] }),
      said({ speaker: null }),
      said({ account: "globex", conversation: null }),
    );

  test.each([
    ["the same", [said()], true],
    ["nothing", [], true],
    ["some of the people", [said({ speaker: "ana" })], true],
    ["everyone", [said({ speaker: null })], true],
    ["another account", [said({ account: "initech" })], false],
    ["another conversation", [said({ conversation: "meeting-2", speaker: "" })], false],
    ["another person", [said({ speaker: "cy" })], false],
    ["a person and another", [said(), said({ speaker: "cy" })], false],
    ["somebody of another conversation", [said({ conversation: "meeting-2" })], false],
  ] as const)("%s: %s", (_, items, within) => {
    expect(keysOf(...items).isWithin(whole())).toBe(within);
  });

  test("not everyone where some were asked for, nor anybody where nobody was", () => {
    expect(keysOf(said({ speaker: null })).isWithin(keysOf(said()))).toBe(false);
    expect(keysOf(said()).isWithin(keysOf(said({ speaker: null })))).toBe(false);
  });
});

describe("how much", () => {
  /** An account, a conversation, a person: three keys. */
  const many = (count: number, id: (n: number) => string) => {
    const keys = new KeySet();
    for (let n = 0; n < count; n++) keys.add(said({ account: id(n), conversation: id(n), speaker: "" }));
    return keys;
  };

  test("so many keys, each counted once", () => {
    const half = LIMITS.window_keys_max / 2;
    const keys = many(half - 1, (n) => `${n}`);
    keys.add(said({ account: "0", conversation: "a", speaker: "" }));
    for (let again = 0; again < 3; again++) keys.add(said({ account: "0", conversation: "0", speaker: "" }));
    expect(keys.isFull()).toBe(false);
    keys.add(said({ account: null, conversation: "b", speaker: "" }));
    expect(keys.isFull()).toBe(true);
  });

  test("so many characters, quotes and commas included", () => {
    const each = 200;
    const keys = new KeySet();
    const asked = LIMITS.window_key_chars_max / each;
    for (let n = 0; n < asked; n++) {
      expect(keys.isFull()).toBe(false);
      keys.add(said({ account: String(n).padStart(each - '"",'.length, "x"), conversation: null }));
    }
    expect(keys.isFull()).toBe(true);
  });

  test("a person asked for again takes no more room", () => {
    const keys = new KeySet();
    const conversation = "x".repeat(250);
    for (let n = 0; n < LIMITS.window_key_chars_max / 250 + 1; n++) keys.add(said({ conversation }));
    expect(keys.isFull()).toBe(false);
  });

  test("a look-up as JSON is about as long as was counted", () => {
    const long = (n: number) => String(n).padStart(256, "x");
    const keys = new KeySet();
    for (let n = 0; !keys.isFull() && n < LIMITS.window_keys_max; n++) {
      keys.add(
        said({ account: long(n), conversation: long(n), speaker: long(n), privateTo: [long(n), "y"] }),
      );
    }
    const { length } = JSON.stringify(keys.toLookup());
    expect(length / LIMITS.window_key_chars_max).toBeCloseTo(1.01, 2);
  });
});
