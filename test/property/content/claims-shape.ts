/** A shape in which a record can say something of itself in every way there is. */
import type { ShapeConfig } from "../../../src/config/define.ts";

export const SHAPE: ShapeConfig = {
  discriminator: "/type",
  variants: [
    {
      when: ["content"],
      content: {
        account: "/account",
        conversation: "/conversation",
        speaker: "/speaker",
        private_to: ["/to", "/cc/*/id"],
        public_when: { pointer: "/audience", values: ["all"] },
        kind: { pointer: "/parts/*/kind" },
        also: { "/file": "file" },
        captured_at: { pointer: "/at" },
        captured_until: { pointer: "/until" },
        labels: "/labels",
        refused_by: [
          { pointer: "/says/may", required_in: "/says", unless_true: ["a"] },
          { pointer: "/denied", if_listed: ["a"] },
          { pointer: "/word", words: { a: "nothing", all: "refused", acme: "health_information" } },
        ],
        embedded: { pointer: "/cc", media_type: "/type_of", binary: "/n" },
      },
      strip_to: { "/id": "id" },
    },
    // What is a time in one variant may be an id in another.
    {
      when: ["odd"],
      content: { account: "/at", kind: { fixed: "chat" }, captured_at: { pointer: "/account" } },
    },
    { when: ["telemetry"], service_data: { "/type": { words: ["telemetry"] }, "/n": "number" } },
  ],
};
