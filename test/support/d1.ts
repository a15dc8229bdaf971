/** The two databases, empty and migrated, in a workerd of their own, for tests that run in Node. */
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { applyMigrations } from "../../scripts/migrate.ts";

export const CONSENT_MIGRATIONS = join(import.meta.dirname, "../../schema/consent/migrations");
export const EVIDENCE_MIGRATIONS = join(import.meta.dirname, "../../schema/evidence/migrations");

export interface Databases {
  readonly consent: D1Database;
  readonly evidence: D1Database;
  readonly archive: R2Bucket;
  /** Neither migrated nor used by anything. */
  readonly empty: D1Database;
  close(): Promise<void>;
}

/** Half a second. The caller closes them. */
export async function openDatabases(): Promise<Databases> {
  const miniflare = new Miniflare({
    cf: false,
    workers: [
      {
        config: {
          name: "databases",
          compatibilityDate: "2026-10-20",
          manifest: {
            mainModule: "worker.mjs",
            modulesRoot: import.meta.dirname,
            modules: {
              "worker.mjs": { type: "esm", contents: "export default { fetch: () => new Response() }" },
            },
          },
          env: {
            CONSENT: { type: "d1", id: "consent" },
            EVIDENCE: { type: "d1", id: "evidence" },
            EMPTY: { type: "d1", id: "empty" },
            ARCHIVE: { type: "r2", name: "archive" },
          },
        },
      },
    ],
  });
  const open = async (binding: string) => (await miniflare.getD1Database(binding)) as unknown as D1Database;
  const [consent, evidence, empty] = await Promise.all([open("CONSENT"), open("EVIDENCE"), open("EMPTY")]);
  await applyMigrations(consent, CONSENT_MIGRATIONS);
  await applyMigrations(evidence, EVIDENCE_MIGRATIONS);
  const archive = (await miniflare.getR2Bucket("ARCHIVE")) as unknown as R2Bucket;
  return { consent, evidence, archive, empty, close: () => miniflare.dispose() };
}
