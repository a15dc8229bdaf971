/** The archive over R2: objects that are written once. Knows neither entries nor SQL. */
import type { Archive } from "../ledger/port.ts";
import { StoreUnavailable } from "./unavailable.ts";

/** Every method rejects with a `StoreUnavailable`. */
export function createArchive(bucket: R2Bucket): Archive {
  return {
    async put(name, bytes) {
      await stored(bucket.put(name, bytes));
    },
    async get(name) {
      const object = await stored(bucket.get(name));
      return object === null ? null : new Uint8Array(await stored(object.arrayBuffer()));
    },
    async delete(names) {
      if (names.length > 0) await stored(bucket.delete([...names]));
    },
  };
}

async function stored<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch {
    throw new StoreUnavailable("evidence", "interrupted");
  }
}
