/** What a verifier finds, named so that a person can act on it. Pure. */

/**
 * `unreadable`: no export or receipt of ours. `untrusted`: not signed by a key at hand. `changed`, `lost`, `added`, `reordered`, `truncated`:
 * the file is not what was exported. `unrecorded`: a body is missing and the ledger does not say why. `rolled_back`, `forked`: the log is not the
 * one a checkpoint or receipt at hand was of. `unconnected`: nothing in the file says whether it is. `another_log`: of another origin.
 */
export type FindingCode =
  | "unreadable"
  | "untrusted"
  | "changed"
  | "lost"
  | "added"
  | "reordered"
  | "truncated"
  | "unrecorded"
  | "rolled_back"
  | "forked"
  | "unconnected"
  | "another_log";

export interface Finding {
  readonly code: FindingCode;
  /** The first position of the log it concerns; null: none in particular. */
  readonly position: number | null;
  /** The line of the file, from 1; null: none in particular. */
  readonly line: number | null;
  /** One sentence for people, without ids or bodies. */
  readonly message: string;
}

export class Found extends Error {
  readonly finding: Finding;

  constructor(
    code: FindingCode,
    message: string,
    at: { readonly position?: number | null; readonly line?: number | null } = {},
  ) {
    super(message);
    this.finding = { code, message, position: at.position ?? null, line: at.line ?? null };
  }
}
