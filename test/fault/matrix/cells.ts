/** Every cell of the fault matrix. */
import { ADMITTING } from "./admitting.ts";
import { type Cell, FAULTS, STEPS } from "./cell.ts";
import { DECIDING } from "./deciding.ts";
import { FORWARDING } from "./forwarding.ts";
import { READING } from "./reading.ts";
import { TELLING } from "./telling.ts";

export const CELLS: readonly Cell[] = [...ADMITTING, ...READING, ...DECIDING, ...FORWARDING, ...TELLING];

/** Steps and faults of which nothing is said, and of which it is said both what happens and that nothing can. */
export function gaps(cells: readonly Cell[]): string[] {
  return Object.keys(STEPS).flatMap((step) =>
    Object.keys(FAULTS).flatMap((fault) => {
      const said = cells.filter((cell) => cell.step === step && cell.fault === fault);
      const cannot = said.filter((cell) => "cannot" in cell).length;
      if (said.length === 0) return [`${step} ${fault} is missing`];
      return cannot > 0 && said.length > 1 ? [`${step} ${fault} cannot happen, and does`] : [];
    }),
  );
}
