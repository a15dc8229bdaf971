/** The one error that leaves `store/`. It never holds SQL, parameters or ids, nor a cause that does. */

export type StoreName = "consent" | "evidence";
export type StoreFault = "unmigrated" | "interrupted" | "overloaded" | "refused" | "unreadable" | "failed";

const SENTENCES: Record<StoreFault, string> = {
  unmigrated: "is not migrated: run `npm run migrate` (or, on this machine, `npm start`)",
  interrupted: "could not be reached",
  overloaded: "is overloaded",
  refused: "refused the change",
  unreadable: "holds a row that cannot be read",
  failed: "failed",
};

export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
  readonly store: StoreName;
  readonly fault: StoreFault;

  constructor(store: StoreName, fault: StoreFault) {
    super(`The ${store} database ${SENTENCES[fault]}.`);
    this.store = store;
    this.fault = fault;
  }
}

/** What a D1 or Drizzle error comes to. D1 gives no codes, so its own words are read, and not repeated. */
export function asUnavailable(store: StoreName, error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  return new StoreUnavailable(store, faultOf(error));
}

function faultOf(error: unknown): StoreFault {
  if (error instanceof SyntaxError) return "unreadable";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const words = cause instanceof Error ? cause.message : "";
  if (/no such (table|column)/.test(words)) return "unmigrated";
  if (/SQLITE_CONSTRAINT|constraint failed/.test(words)) return "refused";
  if (/overloaded|too many requests/i.test(words)) return "overloaded";
  if (/network connection lost|reset|timed? ?out|timeout/i.test(words)) return "interrupted";
  return "failed";
}
