/**
 * /v1/ledger: checkpoints, proofs and tiles, which anyone may have who has a token; the export; and what an operator puts on record.
 * Changes no entry: it can only add some.
 */
import type { Hono } from "hono";
import * as v from "valibot";
import { toBase64 } from "../base/base64.ts";
import type { DeletionAcknowledged, Reconciliation } from "../ledger/entries.ts";
import type { Hash } from "../ledger/hashing.ts";
import { hashOfLeaf } from "../ledger/leaf.ts";
import type { Head } from "../ledger/port.ts";
import { StoredTree } from "../ledger/proofs.ts";
import { leafOf } from "../ledger/stored-leaf.ts";
import { tileWidth } from "../ledger/tiles.ts";
import { askingOf } from "./asking.ts";
import { readJson, readOptionalJson } from "./body.ts";
import { CURSOR_QUERY, cursorOf, isPosition, limitOf, toCursor } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { seenExchange } from "./exchanges.ts";
import { refuse } from "./fault.ts";
import { id, ids, read, sha256 } from "./fields.ts";
import { formatInstant } from "./instant.ts";
import { pseudonymOf, putOnRecord } from "./on-record.ts";
import { pathId, queryNumber, resource } from "./resource.ts";

export const Acknowledgement = v.strictObject({
  /** The consent or objection whose impact it answers. */
  record: id,
  upstream: id,
  exchanges: ids,
  evidence_sha256: v.optional(v.nullable(sha256)),
});

export const Reconciling = v.strictObject({ reason_sha256: v.optional(v.nullable(sha256)) });

/** The stream of acknowledgements, and the stream of reconciliations. */
export const DELETION = "deletion";
const RECONCILIATION = "reconciliation";

export function ledger(app: Hono, deps: ControlDeps): void {
  const headOf = async (): Promise<Head> =>
    (await deps.ledger.head()) ?? refuse({ code: "not_found", what: "checkpoint" });

  resource(
    app,
    "/ledger/checkpoints",
    {
      async GET(c) {
        const limit = limitOf(c, 1_000, 20);
        const listed = await deps.ledger.checkpoints(limit + 1, cursorOf(c, isPosition));
        const page = listed.slice(0, limit);
        const next = listed.length > limit ? toCursor(page.at(-1)?.size ?? null) : null;
        return {
          status: 200,
          body: {
            checkpoints: page.map(({ size, at, note }) => ({ size, at: formatInstant(at), note })),
            next,
          },
        };
      },
    },
    CURSOR_QUERY,
  );

  resource(
    app,
    "/ledger/consistency",
    {
      async GET(c) {
        const head = await headOf();
        const to = queryNumber(c, "to_size", head.size, head.size);
        const from = queryNumber(c, "from_size", to, to);
        const proof = await new StoredTree(to, deps.ledger.readTile).consistency(from);
        return { status: 200, body: { from_size: from, to_size: to, proof: proof.map(toBase64) } };
      },
    },
    ["from_size", "to_size"],
  );

  resource(app, "/ledger/tiles/:level/:tile", {
    async GET(c) {
      const [level, tile] = [placeOf(pathId(c, "level")), placeOf(pathId(c, "tile"))];
      const width = level === null || tile === null ? 0 : tileWidth((await headOf()).size, level, tile);
      if (level === null || tile === null || width === 0) refuse({ code: "not_found", what: "tile" });
      const hashes = (await deps.ledger.readTile(level, tile, width)).slice(0, width * 32);
      return { status: 200, body: { level, tile, hashes: toBase64(hashes) } };
    },
  });

  resource(app, "/exchanges/:exchange/proof", {
    async GET(c) {
      const id = pathId(c, "exchange");
      const asking = askingOf(c);
      const exchange = await seenExchange(deps, id, asking);
      // What holds other accounts' items too is not shown, and without it nothing could be proven.
      if (exchange === null || exchange.counts === null) refuse({ code: "not_found", what: "exchange" });
      const head = await headOf();
      const tree = new StoredTree(head.size, deps.ledger.readTile);
      const entries = (await deps.ledger.entriesOf(id)).filter(({ seq }) => seq <= head.size);
      const proven = [];
      for (const entry of entries) {
        const leaf = leafOf(entry);
        const proof: Hash[] = await tree.inclusion(entry.seq - 1);
        proven.push({
          position: entry.seq - 1,
          leaf: toBase64(hashOfLeaf(leaf)),
          entry: leaf,
          proof: proof.map(toBase64),
        });
      }
      return { status: 200, body: { exchange: id, checkpoint: head.note, entries: proven } };
    },
  });

  resource(app, "/ledger/acknowledgements", {
    async POST(c) {
      const {
        record,
        upstream,
        exchanges,
        evidence_sha256 = null,
      } = read(Acknowledgement, await readJson(c.req.raw));
      const at = deps.now();
      const body: DeletionAcknowledged = {
        at,
        record,
        upstream,
        exchanges,
        recorded_by: await pseudonymOf(deps, askingOf(c).recordedBy),
        evidence_sha256,
      };
      const position = await putOnRecord(deps, DELETION, "deletion_acknowledged", at, body);
      return { status: 201, body: { id: `${DELETION}/${position}`, ...body, at: formatInstant(at) } };
    },
  });

  resource(app, "/ledger/reconciliations", {
    async POST(c) {
      const { reason_sha256 = null } = read(Reconciling, await readOptionalJson(c.req.raw));
      const head = await deps.ledger.head();
      if (head === null || (await deps.outbox.after(head.change, 1)).holds)
        refuse({ code: "nothing_to_reconcile" });
      const last = await deps.outbox.last();
      const at = deps.now();
      const body: Reconciliation = {
        at,
        revision_expected: head.change.seq,
        revision_found: last.seq,
        mark_found: last.mark,
        recorded_by: await pseudonymOf(deps, askingOf(c).recordedBy),
        reason_sha256,
      };
      const entry = { stream: RECONCILIATION, position: head.epoch + 1, type: RECONCILIATION, at, body };
      if (!(await deps.ledger.append([entry]))) refuse({ code: "write_contended" });
      await deps.writeLedger();
      const { mark_found: _, ...said } = body;
      return {
        status: 201,
        body: { id: `${RECONCILIATION}/${entry.position}`, ...said, at: formatInstant(at) },
      };
    },
  });
}

function placeOf(text: string): number | null {
  return /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : null;
}
