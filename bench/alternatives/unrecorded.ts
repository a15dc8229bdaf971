/** The gate with its evidence switched off, to see what evidence costs: whatever is written to its database is thrown away, at once. Never to be deployed. */
import worker from "../../src/worker.ts";

type Env = Parameters<typeof worker.fetch>[1];

const META = {
  duration: 0,
  changes: 0,
  last_row_id: 0,
  rows_read: 0,
  rows_written: 0,
  size_after: 0,
  changed_db: false,
};
const result = () => ({ results: [], success: true as const, meta: META });

const statement = {
  bind: () => statement,
  run: async () => result(),
  all: async () => result(),
  raw: async () => [],
  first: async () => null,
};
const database = {
  prepare: () => statement,
  batch: async (statements: readonly unknown[]) => statements.map(result),
  exec: async () => ({ count: 0, duration: 0 }),
  withSession: () => database,
  getBookmark: () => null,
};

let unrecorded: Env | null = null;

export default {
  fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    unrecorded ??= { ...env, EVIDENCE: database as unknown as D1Database };
    return worker.fetch(request, unrecorded, context);
  },

  async scheduled(): Promise<void> {},
};
