/**
 * Training lines that name nobody: OpenAI's chat `messages`, ShareGPT's `conversations`, `prompt` and `completion`, or any other JSON object.
 * Whose a line is stands in an envelope around it, which the gate reads and takes off.
 */
import type { FieldRules, Pointer, ShapeConfig } from "../define.ts";

export interface TrainingRecordOptions {
  /**
   * The array of turns in a record, such as `/messages` or `/conversations`, where envelopes say in `turns` who speaks each: with `on_deny: "strip"`
   * the turns of those who may not be heard are removed. Default: a record goes on whole or not at all.
   */
  readonly turns?: Pointer;
  /** What `strip` leaves of a denied record besides turns. Default: nothing. */
  readonly strip_to?: FieldRules;
}

/**
 * `{"tenfour":{"account":"acme","conversation":"standup","speaker":"ana","kind":"chat","captured_at":"2026-11-21T10:00:00Z"},
 * "record":{"messages":[…]}}`. Also in the envelope: `speakers` (an array of ids: all must be allowed), `captured_until`, `labels`,
 * `private_to`; and with the option, `turns`: for each turn its speaker's id, or null where it is the whole conversation's.
 */
export function trainingRecord(options: TrainingRecordOptions = {}): ShapeConfig {
  const { turns, strip_to } = options;
  return {
    record: "/record",
    variants: [
      {
        content: {
          account: "/tenfour/account",
          conversation: "/tenfour/conversation",
          speaker: "/tenfour/speaker",
          speakers: "/tenfour/speakers",
          private_to: ["/tenfour/private_to"],
          kind: { pointer: "/tenfour/kind" },
          captured_at: { pointer: "/tenfour/captured_at" },
          captured_until: { pointer: "/tenfour/captured_until" },
          labels: "/tenfour/labels",
        },
        ...(turns === undefined ? {} : { turns: { of: `/record${turns}`, speakers: "/tenfour/turns" } }),
        ...(strip_to === undefined ? {} : { strip_to }),
      },
    ],
  };
}
