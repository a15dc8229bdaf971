/** What may stay of a vCon without anybody's consent, each by its name; next to none of it with another value. */
import { expect, test } from "vitest";
import type { Json } from "../../../support/vcons.ts";
import { contents, document } from "./reading.ts";

/** Whether nothing in it is anybody's. */
const isServiceData = (vcon: Json) => contents(document(vcon)).flat().length === 0;
const AT = "2026-01-05T09:00:00Z";

test.each<Json>([
  { vcon: "0.4.0" },
  { uuid: "u-1" },
  { created_at: AT },
  { updated_at: AT },
  { extensions: ["x", "y"] },
  ..."extensions critical must_support redacted amended appended group meta tags"
    .split(" ")
    .flatMap((key) => [{ [key]: {} }, { [key]: [] }, { [key]: null }]),
  ..."person bot organization".split(" ").map((type) => ({ parties: [{ type }] })),
  ..."agent customer supervisor sme thirdparty host chair participant attendee"
    .split(" ")
    .map((role) => ({ parties: [{ role }] })),
  ..."transfer incomplete recording-set".split(" ").map((type) => ({ dialog: [{ type }] })),
  ..."no-answer congestion failed busy hung-up voicemail-no-message"
    .split(" ")
    .map((disposition) => ({ dialog: [{ type: "incomplete", disposition }] })),
  ..."join drop hold unhold mute unmute".split(" ").map((event) => ({
    parties: [{}],
    dialog: [{ type: "transfer", party_history: [{ party: 0, time: AT, event }] }],
  })),
  {
    parties: [{}, {}],
    dialog: [
      {
        type: "transfer",
        start: AT,
        duration: 1.5,
        parties: [0, [1]],
        originator: 0,
        session_id: { local: "a", remote: "b" },
        transferee: 0,
        transferor: 1,
        transfer_target: [0],
        original: 0,
        consultation: [0],
        target_dialog: 0,
        recordings: [0],
      },
      {
        type: "transfer",
        parties: 0,
        transfer_target: 0,
        original: [0],
        consultation: 0,
        target_dialog: [0],
      },
    ],
  },
])("%j", (vcon) => {
  expect(isServiceData(vcon)).toBe(true);
});

test.each<Json>([
  { vcon: "my words" },
  { uuid: "my words" },
  { created_at: "soon" },
  { updated_at: 7 },
  { extensions: ["my words"] },
  { meta: { a: 1 } },
  { subject: "x" },
  { subject: null },
  { parties: [{ type: "Ana" }] },
  { parties: [{ role: "Ana" }] },
  { parties: [{ name: "x" }] },
  { dialog: [{ type: "text" }] },
  { dialog: [{ type: "recording" }] },
  { dialog: [{ type: "incomplete", disposition: "she was out" }] },
  { dialog: [{ type: "incomplete", start: "soon" }] },
  { dialog: [{ type: "incomplete", duration: "long" }] },
  { dialog: [{ type: "incomplete", body: "x" }] },
  { parties: [{}], dialog: [{ type: "transfer", party_history: [{ party: 0, event: "sneezed" }] }] },
  { dialog: [{ type: "transfer", session_id: { local: "my words" } }] },
])("but not %j", (vcon) => {
  expect(isServiceData(vcon)).toBe(false);
});
