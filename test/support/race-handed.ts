/** What the worker of the races notes of each piece it hands on, and what else it can be asked: shared by it and the races. */

/** Kept by the `idempotency-key` of the request, which the gate passes on. */
export interface HandedOn {
  readonly key: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly bytes: number;
}

/** One statement and what it binds. */
export type Statement = readonly [sql: string, values: readonly unknown[]];

/** GET gives what was noted since it was last asked for; PUT runs `Statement`s on the consent database, together. Not a path the gate can have: it holds no letter. */
export const HANDED_PATH = "/--";
