/** What `npm start` keeps beside the databases, so that a restart prints the same: a producer key, and when the story was told. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNTS, tellWorld } from "../demo/world.ts";
import type { ParsedConfig } from "../src/config/parse.ts";
import { type IssuedKey, issueKey } from "./issue-key.ts";
import type { Operator } from "./operator.ts";

export interface Kept {
  readonly key: string;
  /** RFC 3339: an instant the story's consents cover; null: the state is without the story. */
  readonly capturedAt: string | null;
}

interface Stored {
  readonly captured_at: string | null;
  readonly routes: readonly string[];
  readonly key: IssuedKey;
}

/** Tells the story to a state that is new, and issues a key if there is none that still does. */
export async function keptIn(
  stateDir: string,
  operator: Operator,
  config: ParsedConfig,
  withStory: boolean,
): Promise<Kept> {
  const file = join(stateDir, "kept.json");
  const stored: Stored | null = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
  const captured_at = withStory ? (stored?.captured_at ?? (await tellWorld(operator))) : null;
  const routes = config.routes.map(({ id }) => id);
  const accounts = withStory ? ACCOUNTS.map(({ id }) => id) : ["*"];
  const key =
    stored !== null && serves(stored, routes)
      ? stored.key
      : await issueKey(operator, "dev", accounts, routes);
  const kept: Stored = { captured_at: captured_at ?? stored?.captured_at ?? null, routes, key };
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  return { key: key.key, capturedAt: captured_at };
}

function serves({ key, routes }: Stored, wanted: readonly string[]): boolean {
  return Date.parse(key.expires_at) > Date.now() && wanted.every((route) => routes.includes(route));
}
