/**
 * Strip as an obligation (AuthZEN Profile for Obligations, draft 1): yes, on condition that nothing but service data goes on. Only to
 * whoever says that it can do exactly that: one that overlooked it would pass on what nobody consented to. Pure.
 */
import { canonicalJson } from "../../base/canonical-json.ts";
import type { FieldRules } from "../../config/define.ts";
import type { DenyReason } from "../../decision/model.ts";
import type { RouteRules } from "../../rules/route-rules.ts";
import { mayStrip } from "../../rules/verdict.ts";
import type { Evaluation } from "./evaluation.ts";

/** The profile's type for what two parties agree on between them; the PDP's metadata says that it is used. */
export const OBLIGATION_TYPES = ["custom"];
const STRIP = "tenfour:strip";

export interface Obligation {
  readonly id: string;
  readonly type: "custom";
  readonly properties: { readonly action: typeof STRIP; readonly keep: FieldRules };
}

/** null: the denial stands. */
export function stripObligation(
  evaluation: Evaluation,
  rules: RouteRules,
  reason: DenyReason,
): Obligation | null {
  if (rules.form !== "records" || !canStrip(evaluation) || !mayStrip(rules, reason)) return null;
  const left = rules.shape.variants.flatMap((variant) => ("content" in variant ? [variant.strip_to] : []));
  const [keep] = left;
  const alike = new Set(left.map((fields) => (fields === undefined ? "" : canonicalJson(fields))));
  // Which variant the record will be is not known here.
  if (keep === undefined || alike.size !== 1) return null;
  return { id: "strip", type: "custom", properties: { action: STRIP, keep } };
}

function canStrip({ context }: Evaluation): boolean {
  const { obligations_supported: types, custom_obligations_supported: actions } = context ?? {};
  return (
    Array.isArray(types) && types.includes("custom") && Array.isArray(actions) && actions.includes(STRIP)
  );
}
