/**
 * Members named like one that says whose a part of a vCon is, but for their case: readers deaf to case take them for it. Knows names, and
 * decides nothing.
 */
import type { VconConfig } from "../../config/documents.ts";
import { ANALYSIS_MEMBERS, ATTACHMENT_MEMBERS, DIALOG_MEMBERS } from "./hearing.ts";
import { hasNear, Names } from "./json-parts.ts";
import { KIND_MEMBERS } from "./kinds.ts";
import { ARRAYS, CRITICAL_MEMBERS, type Layout } from "./layout.ts";
import { partyMembers } from "./people.ts";

/** Whether a vCon has such a member. */
export function compileNearNames(config: VconConfig): (bytes: Uint8Array, layout: Layout) => boolean {
  const ofVcon = new Names([...ARRAYS, ...CRITICAL_MEMBERS]);
  const ofParts = {
    parties: partyMembers(config),
    dialog: new Names([...DIALOG_MEMBERS.all, ...KIND_MEMBERS.all]),
    analysis: new Names([...ANALYSIS_MEMBERS.all, ...KIND_MEMBERS.all]),
    attachments: new Names([...ATTACHMENT_MEMBERS.all, ...KIND_MEMBERS.all]),
  };
  return (bytes, { members, arrays }) =>
    members.some(({ key }) => ofVcon.isNear(key)) ||
    ARRAYS.some((name) => arrays[name].some((part) => hasNear(bytes, part, ofParts[name])));
}
