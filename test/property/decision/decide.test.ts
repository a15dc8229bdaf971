/** What holds of the decision whatever the situation. The situations are those of the differential test. */
import fc from "fast-check";
import { describe, test } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import type { Decision } from "../../../src/decision/model.ts";
import { generate } from "../../spec/generate.ts";
import { plain } from "../../spec/shrink.ts";
import type { Situation } from "../../spec/situation.ts";
import { casesOfRun } from "../../support/pace.ts";
import { type Random, random, seedOfRun } from "../../support/random.ts";
import { TIGHTENINGS } from "./tightenings.ts";

const seed = seedOfRun();
const RUNS = casesOfRun(1_000);

const decided = (s: Situation): Decision => decide(s.item, s.terms, s.producer, s.state, s.now);

/** Content only: what `holds` returns is what is wrong, or null. `r` throws the dice of the change. */
function always(holds: (s: Situation, r: Random) => string | null) {
  const property = fc.property(fc.nat(0xffff_ffff), (caseSeed) => {
    const { situation } = generate(caseSeed);
    if (situation.item.type !== "content") return;
    const wrong = holds(situation, random(caseSeed + 1));
    if (wrong !== null) throw new Error(`${wrong} in ${plain(situation, situation.now)}`);
  });
  fc.assert(property, { seed: seed | 0, numRuns: RUNS });
}

describe("tightening never turns a denial into an allowance", () => {
  test.each(TIGHTENINGS)("%s", (_name, tighten) => {
    always((s, r) => {
      const before = decided(s);
      tighten(s, r);
      const after = decided(s);
      return !before.allow && after.allow ? `was ${before.reason}, became ${after.reason}` : null;
    });
  });
});

describe("bounds", () => {
  test("content goes to a third party to serve and for nothing else", () => {
    always((s, r) => {
      s.terms.recipient = r.pick(["third-party", "", "anyone"]);
      const { allow, reason } = decided(s);
      if (s.terms.purpose === "serve") return null;
      return allow || reason !== "third_party_recipient" ? `${reason}` : null;
    });
  });

  test("each purpose has its own allowance, and training only consent", () => {
    const own: Record<string, string> = { train: "consented", serve: "serve", protect: "protect" };
    always((s, r) => {
      s.terms.purpose = r.pick(["train", "serve", "protect", "operate", "unheard-of"]);
      const { allow, reason } = decided(s);
      return allow && reason !== own[s.terms.purpose] ? `${s.terms.purpose}: ${reason}` : null;
    });
  });

  test("a signal never grants, and training never goes against one", () => {
    always((s, r) => {
      const item = s.item as { signal: string };
      const before = item.signal;
      const withSignal = decided(s);
      item.signal = "none";
      const without = decided(s);
      if (withSignal.allow && !without.allow) return `${before} grants`;
      item.signal = r.pick(["disallows", "malformed"]);
      return decided(s).reason === "consented" ? `trained against ${item.signal}` : null;
    });
  });

  test("consented rests on the account's consent for each service, and on nothing that is not in the state", () => {
    always((s) => {
      const decision = decided(s);
      if (!decision.allow || decision.reason !== "consented") return null;
      const known = plain(s.state, s.now);
      const stray = decision.basis.find((id) => !known.includes(JSON.stringify(id)));
      if (stray !== undefined) return `rests on ${stray}`;
      const missing = s.terms.services.find(({ id }) => !decision.basis.includes(`account-${id}`));
      return missing === undefined ? null : `does not rest on the account's consent to ${missing.id}`;
    });
  });
});

describe("nothing else matters", () => {
  test("asking twice, and the state is not touched", () => {
    always((s) => {
      const before = plain(s, 0);
      const [one, two] = [plain(decided(s), 0), plain(decided(s), 0)];
      if (one !== two) return `${one} and then ${two}`;
      return plain(s, 0) === before ? null : "the situation changed";
    });
  });

  test("the order in which people, consents and objections are held", () => {
    always((s) => {
      const before = decided(s);
      for (const one of s.state.conversations.values()) {
        one.people = new Map([...one.people].reverse());
        for (const person of one.people.values()) {
          person.objections.reverse();
          person.presence.reverse();
        }
      }
      const after = decided(s);
      return before.reason === after.reason ? null : `${before.reason} or ${after.reason}`;
    });
  });

  test("what other accounts, conversations and services say", () => {
    always((s, r) => {
      if (s.item.type !== "content") return null;
      const before = decided(s);
      for (const id of s.state.accounts.keys()) if (id !== s.item.account) s.state.accounts.delete(id);
      for (const id of s.state.conversations.keys()) {
        if (id !== s.item.conversation) s.state.conversations.delete(id);
      }
      for (const one of s.state.accounts.values()) {
        one.services.set("unheard-of", { enabled: r.chance(0.5), trialEndsAt: 0 });
      }
      const after = decided(s);
      return before.reason === after.reason ? null : `${before.reason} or ${after.reason}`;
    });
  });

  test("claims of any shape are decided, not thrown at", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("", "__proto__", "constructor", "acme", "c-1", "ana", "audio"),
    );
    const instant = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 1_790_000_000_000));
    const claims = fc.record({
      account: fc.option(word),
      conversation: fc.option(word),
      speaker: fc.option(word),
      privateTo: fc.option(fc.array(word)),
      kind: fc.option(word),
      capturedAt: fc.option(instant),
      capturedUntil: fc.option(fc.oneof(instant, fc.constant("unreadable" as const))),
      labels: fc.array(word, { maxLength: 2 }),
    });
    const property = fc.property(fc.nat(0xffff_ffff), claims, (caseSeed, claim) => {
      const { situation } = generate(caseSeed);
      if (situation.item.type !== "content") return;
      for (const one of situation.state.conversations.values()) one.peopleComplete = true;
      Object.assign(situation.item, claim);
      decided(situation);
    });
    fc.assert(property, { seed: seed | 0, numRuns: RUNS * 3 });
  });
});

console.log(
  `decision properties: ${TIGHTENINGS.length + 8} properties of ${RUNS} runs or more, TENFOUR_SEED=${seed}`,
);
