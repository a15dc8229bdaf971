/** Records whose attribution is their request's: each says the same, whatever is in it, and none of it is looked at. */
import { expect, test } from "vitest";
import { AttributedReader } from "../../../src/content/attributed.ts";
import { readAttribution } from "../../../src/content/attribution.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { stripped } from "../../../src/content/shape.ts";
import { bytesOf } from "./read-body.ts";

const HEADERS: Readonly<Record<string, string>> = {
  "tenfour-account": "acme",
  "tenfour-conversation": "m1",
  "tenfour-speaker": "ana, bo",
  "tenfour-kind": "chat",
  "tenfour-captured-at": "2026-11-21T10:00:00Z",
  "tenfour-captured-until": "later",
  "tenfour-labels": "health_information",
};

test("every record is of those the headers name", () => {
  const reader = new AttributedReader(readAttribution((name) => HEADERS[name] ?? null));
  const body = bytesOf('{"messages":[]}\n{"account":"beta","speaker":"cy"}\n{"é":1}\n');
  const claims: object[] = [];
  createFraming("ndjson", reader.plan, { recordBytesMax: 100 }).cut(
    body,
    0,
    body.length,
    true,
    (b, start, end) => {
      const claim = reader.claim(b, start, end, "disallows");
      claims.push(claim);
      expect(reader.inner()).toBeNull();
      expect(stripped(claim, b, start, end)).toBeNull();
      expect(claim.items).toMatchObject([
        {
          account: "acme",
          conversation: "m1",
          speaker: "ana",
          kind: "chat",
          labels: ["health_information"],
          signal: "disallows",
        },
        {
          account: "acme",
          conversation: "m1",
          speaker: "bo",
          kind: "chat",
          labels: ["health_information"],
          signal: "disallows",
        },
      ]);
      expect(claim.times?.capturedAt(b)).toBe(Date.parse("2026-11-21T10:00:00Z"));
      expect(claim.times?.capturedUntil(b)).toBe("unreadable");
      return true;
    },
  );
  expect(claims).toHaveLength(3);
  expect(new Set(claims).size).toBe(1);
});

test("what was said under one signal is not said under another", () => {
  const reader = new AttributedReader(readAttribution((name) => HEADERS[name] ?? null));
  const signals = ["none", "disallows", "none", "malformed", "malformed"] as const;
  const said = signals.map((signal) => reader.claim(bytesOf("{}"), 0, 2, signal).items);
  expect(said.map(([item]) => item?.type === "content" && item.signal)).toEqual(signals);
});

test("without them it is nobody's", () => {
  const reader = new AttributedReader(readAttribution(() => null));
  const claim = reader.claim(bytesOf("{}"), 0, 2, "none");
  expect(claim.items).toMatchObject([{ account: null, conversation: null, speaker: null, kind: null }]);
  expect(claim.times?.capturedAt(bytesOf("{}"))).toBeNull();
});
