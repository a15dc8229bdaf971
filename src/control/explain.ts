/**
 * /v1/explain: what the gate would do with a record on a route, and why, in a sentence a customer understands. Nothing is sent, recorded
 * or repeated: of what was asked about, only ids that are known are named.
 */
import type { Hono } from "hono";
import * as v from "valibot";
import type { ShapeConfig } from "../config/define.ts";
import { LIMITS } from "../config/limits.ts";
import { ITEM_FIELDS } from "../config/presets/tenfour-record.ts";
import { compileShape, type Reading, type Signal, stripped } from "../content/shape.ts";
import { decide } from "../decision/decide.ts";
import { explain } from "../decision/explain.ts";
import { type Decision, type Item, KINDS, type State } from "../decision/model.ts";
import type { OpaqueRules, RecordRules, RouteRules } from "../rules/route-rules.ts";
import { readSignal } from "../rules/signal.ts";
import { decideReading, verdictOn } from "../rules/verdict.ts";
import { ANY_PRODUCER, producerOf, readRecord, stateFor } from "./advice.ts";
import { askingOf } from "./asking.ts";
import { readJsonMembers } from "./body.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { id, read, text } from "./fields.ts";
import { formatInstant } from "./instant.ts";
import { resource } from "./resource.ts";

/** An item by its fields, read as a record of such fields would be. */
const ITEM_SHAPE: ShapeConfig = { variants: [{ content: { ...ITEM_FIELDS, speakers: "/speakers" } }] };

const whatever = v.optional(v.unknown());
const record = v.custom<object>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);

export const Explain = v.strictObject({
  /** Id of the route that it would be sent to. */
  route: id,
  /** As it would be sent; or `item`. */
  record: v.optional(record),
  item: v.optional(
    v.strictObject({
      account: whatever,
      conversation: whatever,
      speaker: whatever,
      speakers: whatever,
      private_to: whatever,
      kind: whatever,
      captured_at: whatever,
      captured_until: whatever,
      labels: whatever,
    }),
  ),
  /** Id of the key it would be sent with. Default: one that may send for the account. */
  producer_key: v.optional(id),
  /** The Content-Usage header it would be sent with. */
  content_usage: v.optional(text),
});

interface Read {
  readonly reading: Pick<Reading, "items" | "turns" | "replacement">;
  readonly onDeny: RecordRules["onDeny"];
  readonly strip: (kept?: readonly boolean[]) => Uint8Array | null;
}

/** Nobody looks into it, so there is nothing to strip. */
const OPAQUE: Read = {
  reading: { items: [{ type: "opaque" }], turns: null, replacement: null },
  onDeny: "drop",
  strip: () => null,
};

export function explanations(app: Hono, deps: ControlDeps): void {
  const itemReader = compileShape(ITEM_SHAPE, { serviceDataExcess: "refuse" });

  const recordOf = (rules: RecordRules, bytes: Uint8Array, signal: Signal): Read => {
    if (rules.attributed) {
      const expected =
        "left out: on this route the request's headers say whose a record is; send item instead";
      refuse({ code: "field_invalid", field: "record", expected });
    }
    const found = readRecord(rules.reader, rules.recordBytesMax, bytes, signal);
    if ("fault" in found) refuse({ code: "record_unreadable", fault: found.fault });
    const { reading, start, end } = found;
    const strip = (kept?: readonly boolean[]) => stripped(reading, found.bytes, start, end, kept);
    return { reading, onDeny: rules.onDeny, strip };
  };
  const itemOf = (rules: Exclude<RouteRules, OpaqueRules>, bytes: Uint8Array, signal: Signal): Read => {
    const found = readRecord(itemReader, LIMITS.record_bytes_max, bytes, signal);
    if ("fault" in found) refuse({ code: "record_unreadable", fault: found.fault });
    const leaves =
      rules.form === "records" &&
      rules.shape.variants.some((variant) => "content" in variant && "strip_to" in variant);
    return { reading: found.reading, onDeny: rules.onDeny, strip: () => (leaves ? bytes : null) };
  };

  const readingOf = (
    rules: RouteRules,
    { record, item }: { readonly record?: Uint8Array; readonly item?: Uint8Array },
    signal: Signal,
  ): Read => {
    if (rules.form === "opaque") return OPAQUE;
    if (record === undefined) return itemOf(rules, item!, signal);
    if (rules.form === "records") return recordOf(rules, record, signal);
    refuse({ code: "field_invalid", field: "record", expected: "item instead: this route has no records" });
  };

  resource(app, "/explain", {
    async POST(c) {
      const { body, members } = await readJsonMembers(c.req.raw, ["record", "item"]);
      const asked = read(Explain, body);
      const rules = deps.rules.get(asked.route);
      if (rules === undefined) refuse({ code: "route_not_configured", routes: deps.routeIds });
      if (members.record === undefined && members.item === undefined) {
        refuse({ code: "field_missing", field: "record" });
      }
      if (members.record !== undefined && members.item !== undefined) {
        refuse({ code: "field_invalid", field: "item", expected: "record or item, not both" });
      }
      const { account } = askingOf(c);
      const producer =
        asked.producer_key === undefined
          ? ANY_PRODUCER
          : await producerOf(deps, asked.producer_key, rules.id, account);
      if (producer === null) {
        refuse({
          code: "field_invalid",
          field: "producer_key",
          expected: "the id of a key that is in force and names this route",
        });
      }
      const signal = readSignal(asked.content_usage ?? null);
      const { reading, onDeny, strip } = readingOf(rules, members, signal);
      const { items } = reading;
      const state = await stateFor(deps, [{ rules, items }], account);
      if (state === "too_many") {
        refuse({ code: "field_invalid", field: "record", expected: "a record that names fewer people" });
      }
      const now = deps.now();
      const each = items.map((item) => decide(item, rules.terms, producer, state, now));
      const decision = decideReading(reading, rules.terms, producer, state, now);
      const { outcome, basis } = verdictOn(decision, reading, { onDeny }, strip);
      const [first] = items;
      return {
        status: 200,
        body: {
          route: rules.id,
          ...decisionView(decision, first!),
          outcome,
          basis,
          known: knownOf(first!, state),
          ...(items.length === 1 ? {} : { kinds: items.map((item, i) => kindView(item, each[i]!, state)) }),
          decided_at: formatInstant(now),
        },
      };
    },
  });
}

function decisionView(decision: Decision, item: Item) {
  const { rule, says, wouldChange } = explain(decision.reason, item.type);
  return {
    decision: decision.allow ? "allow" : "deny",
    reason: decision.reason,
    rule,
    explanation: says,
    what_would_change: wouldChange,
  };
}

function kindView(item: Item, decision: Decision, state: State) {
  const kind = item.type === "content" ? (KINDS.find((known) => known === item.kind) ?? null) : null;
  const { speaker } = knownOf(item, state);
  return { kind, speaker, ...decisionView(decision, item), basis: decision.allow ? decision.basis : [] };
}

/** Which of the ids that were sent are known; of a conversation only if it is the account's. */
function knownOf(item: Item, state: State) {
  if (item.type !== "content") return { account: null, conversation: null, speaker: null };
  const account = item.account !== null && state.accounts.has(item.account) ? item.account : null;
  const found = item.conversation === null ? undefined : state.conversations.get(item.conversation);
  const ours = account !== null && found?.account === account ? found : undefined;
  const present = item.speaker !== null && ours?.people.has(item.speaker);
  return {
    account,
    conversation: ours === undefined ? null : item.conversation,
    speaker: present ? item.speaker : null,
  };
}
