/** Bodies and what goes wrong with them, thrown by dice: each case from the seed and its index alone. Pure. */
import { gzipSync } from "node:zlib";
import type { FaultPlan } from "../support/fault-plan.ts";
import type { Sending } from "../support/fault-track.ts";
import { type Random, random } from "../support/random.ts";
import { CAPTURED_AT, content, denied, telemetry } from "../support/world.ts";

export const CUTS = [
  "client_cut",
  "upstream_cut",
  "bad_line",
  "consent_failing",
  "evidence_failing",
] as const;
export type Cut = (typeof CUTS)[number];

/** Small windows, so that a small body has several, and short waits. */
export const CUT_LIMITS = {
  window_records_max: 2,
  window_ms_min: 15,
  d1_ms_max: 1_000,
  drain_ms_max: 50,
  body_idle_ms_max: 5_000,
  upstream_response_ms_max: 5_000,
  upstream_stall_ms_max: 5_000,
} as const;

export interface CutCase {
  readonly cut: Cut;
  readonly sending: Sending;
  /** What the upstream gets if all goes well; null: it is not called. */
  readonly whole: Buffer | null;
  /** The sender did not send a whole, readable body, so it may not be told success, whatever else happens. */
  readonly broken: boolean;
}

interface Made {
  readonly text: string;
  /** What of it is due to leave; null: nothing. */
  readonly leaves: string | null;
}

type RouteId = "strip" | "drop" | "reject" | "wrapped";

export function cutCase(seed: number, cut: Cut, index: number): CutCase {
  const dice = random(seed + index * CUTS.length + CUTS.indexOf(cut));
  const route = dice.pick<RouteId>(["strip", "strip", "drop", "reject", "wrapped"]);
  const json = route === "wrapped" || dice.chance(0.3);
  const records = Array.from({ length: dice.int(1, 6) }, (_, i) => made(dice, route, i));
  const gzip = dice.chance(0.2);
  const texts = records.map(({ text }) => text);
  let broken = false;
  if (cut === "bad_line") {
    broken = true;
    breakOne(dice, texts);
  }
  const plain = Buffer.from(framed(texts, route === "wrapped", json, dice));
  const bytes = gzip ? gzipSync(plain) : plain;
  const clientCut = cut === "client_cut" ? dice.int(0, bytes.length - 1) : bytes.length;
  if (clientCut < bytes.length) broken = true;
  const whole = wholeOf(records, route, json);
  const length = dice.chance(0.4);
  return {
    cut,
    broken,
    whole,
    sending: {
      name: `${cut.replace("_", "-")}-${index}`,
      route,
      headers: {
        "content-type": json ? "application/json" : "application/x-ndjson",
        ...(gzip ? { "content-encoding": "gzip" } : {}),
      },
      pieces: piecesOf(bytes.subarray(0, clientCut), dice),
      framing: length ? bytes.length : "chunked",
      ending: cut === "client_cut" ? dice.pick(["rst", "fin"]) : "end",
      ...(dice.chance(0.6) ? { pauseMs: dice.int(5, 60) } : {}),
      plan: planOf(cut, dice),
      upstream: {
        ...(cut === "upstream_cut" ? { cutAfterBytes: dice.int(1, (whole?.length ?? 1) + 20) } : {}),
        ...(cut === "upstream_cut" && dice.chance(0.1) ? { cutWhenWhole: true } : {}),
        ...(dice.chance(0.1) ? { early: "headers", body: "ok" } : {}),
      },
      timeoutMs: 20_000,
    },
  };
}

function made(dice: Random, route: RouteId, i: number): Made {
  const id = `r${i}`;
  const padding = "w".repeat(dice.int(0, 300));
  if (dice.chance(0.15)) {
    const text = telemetry({ id });
    return { text, leaves: text };
  }
  if (route !== "reject" && dice.chance(0.2)) {
    const text = denied({ id, more: padding });
    return { text, leaves: route === "strip" ? strippedOf(id) : null };
  }
  const text = content({ id, more: padding });
  return { text, leaves: text };
}

function strippedOf(id: string): string {
  return JSON.stringify({
    type: "content",
    id,
    account: "acme",
    conversation: "m1",
    kind: "chat",
    captured_at: CAPTURED_AT,
  });
}

/** Whatever is taken away, added or changed, the line is none any more. */
function breakOne(dice: Random, texts: string[]): void {
  const at = dice.int(0, texts.length - 1);
  const text = texts[at]!;
  const where = dice.int(1, text.length - 1);
  texts[at] = dice.pick([
    text.slice(0, where),
    `${text}}`,
    `${text.slice(0, where)}\u0001${text.slice(where)}`,
    text.slice(1),
    `[${text}]`,
  ]);
}

function framed(texts: readonly string[], wrapped: boolean, json: boolean, dice: Random): string {
  if (wrapped) return `{"batch":[${texts.join(",")}]}`;
  if (json) return `[${texts.join(", ")}]`;
  return texts.join("\n") + (dice.chance(0.5) ? "\n" : "");
}

function wholeOf(records: readonly Made[], route: RouteId, json: boolean): Buffer | null {
  const leaving = records.flatMap(({ leaves }) => (leaves === null ? [] : [leaves]));
  if (leaving.length === 0) return null;
  if (!json) return Buffer.from(`${leaving.join("\n")}\n`);
  const array = `[${leaving.join(",")}]`;
  return Buffer.from(route === "wrapped" ? `{"batch":${array}}` : array);
}

function piecesOf(bytes: Uint8Array, dice: Random): Uint8Array[] {
  const cuts = Array.from({ length: dice.int(0, 4) }, () => dice.int(0, bytes.length)).sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i] ?? bytes.length));
}

/** From which call on the database fails, and for how many, are the dice's: it may be none. */
function planOf(cut: Cut, dice: Random): FaultPlan {
  if (cut !== "consent_failing" && cut !== "evidence_failing") return {};
  const action = dice.chance(0.04) ? "hang" : dice.pick(["fail", "fail_after"] as const);
  return {
    faults: [
      {
        ...(cut === "consent_failing"
          ? ({ binding: "CONSENT", sql: "json_each" } as const)
          : ({ binding: "EVIDENCE" } as const)),
        from: dice.int(1, 5),
        action,
        ...(dice.chance(0.5) ? { times: dice.int(1, 2) } : {}),
      },
    ],
  };
}
