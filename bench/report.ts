/** Medians, ratios and bars from measurements. Measures nothing. */
import { CONTENDERS, type Contender } from "./contenders.ts";

/** 256 MiB of records; 256 MiB nobody looks into; requests with a small body. */
export type Scenario = "ndjson" | "opaque" | "10 KB" | "1 MB";

export interface Measurement {
  readonly contender: Contender;
  readonly scenario: Scenario;
  /** MiB a second, for small bodies requests a second. */
  readonly value: number;
  /** Highest resident memory above what it was before, bytes; null: not known. */
  readonly residentBytes: number | null;
}

export interface Bar {
  readonly name: string;
  readonly ratio: number;
  readonly at_least: number;
  readonly met: boolean;
}

const BARS = [
  { scenario: "ndjson", against: "naive", atLeast: 3 },
  { scenario: "ndjson", against: "transform", atLeast: 5 },
  { scenario: "opaque", against: "bare", atLeast: 0.85 },
] as const;

/** Those bars for which both sides were measured. */
export function barsOf(measurements: readonly Measurement[]): Bar[] {
  return BARS.flatMap(({ scenario, against, atLeast }) => {
    const gate = medianOf(measurements, "gate", scenario);
    const other = medianOf(measurements, against, scenario);
    if (gate === null || other === null) return [];
    const ratio = gate / other;
    return [
      {
        name: `${scenario}: gate ≥ ${atLeast} × ${against}`,
        ratio,
        at_least: atLeast,
        met: ratio >= atLeast,
      },
    ];
  });
}

export function print(measurements: readonly Measurement[], bodyMebibytes: number): void {
  const titles: Record<Scenario, string> = {
    ndjson: `${bodyMebibytes} MiB NDJSON of 1 KiB records, all consented, MiB/s`,
    opaque: `${bodyMebibytes} MiB opaque telemetry, MiB/s`,
    "10 KB": "10 KB bodies of 1 KiB records, requests/s",
    "1 MB": "1 MB bodies of 1 KiB records, requests/s",
  };
  for (const [scenario, title] of Object.entries(titles) as [Scenario, string][]) {
    console.log(`\n${title}`);
    const gate = medianOf(measurements, "gate", scenario);
    for (const contender of CONTENDERS) {
      const median = medianOf(measurements, contender, scenario);
      if (median === null) continue;
      const all = valuesOf(measurements, contender, scenario);
      const cells = [
        contender.padEnd(10),
        median.toFixed(1).padStart(8),
        `(${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)})`.padEnd(20),
        `peak resident +${peakMebibytes(measurements, contender, scenario)} MiB`.padEnd(26),
        gate === null || contender === "gate" ? "" : `gate is ${(gate / median).toFixed(2)} ×`,
      ];
      console.log(`  ${cells.join("  ").trimEnd()}`);
    }
  }
  console.log();
  for (const bar of barsOf(measurements))
    console.log(`${bar.met ? "pass" : "FAIL"}  ${bar.name}: ${bar.ratio.toFixed(2)}`);
}

function valuesOf(measurements: readonly Measurement[], contender: Contender, scenario: Scenario): number[] {
  return measurements
    .filter((one) => one.contender === contender && one.scenario === scenario)
    .map(({ value }) => value);
}

function medianOf(
  measurements: readonly Measurement[],
  contender: Contender,
  scenario: Scenario,
): number | null {
  const sorted = valuesOf(measurements, contender, scenario).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function peakMebibytes(
  measurements: readonly Measurement[],
  contender: Contender,
  scenario: Scenario,
): string {
  const known = measurements
    .filter((one) => one.contender === contender && one.scenario === scenario)
    .flatMap(({ residentBytes }) => (residentBytes === null ? [] : [residentBytes]));
  return known.length === 0 ? "?" : Math.round(Math.max(...known) / 1_048_576).toString();
}
