/** What changed between two configurations, by JSON Pointer, so that no change of purpose or recipient passes unseen. Pure. */
import type { ConfigurationChanged, JsonValue } from "../ledger/entries.ts";

type Change = ConfigurationChanged["changes"][number];
type JsonObject = { readonly [name: string]: JsonValue };

/** Arrays are compared place by place; what is only on one side is null on the other. */
export function configurationChanges(before: JsonValue, after: JsonValue, path = ""): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const old = membersOf(before);
  const now = membersOf(after);
  if (old === null || now === null || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }];
  }
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].flatMap((name) =>
    configurationChanges(old[name] ?? null, now[name] ?? null, `${path}/${escaped(name)}`),
  );
}

/** The configuration after all these changes, from none. */
export function configurationAfter(entries: readonly ConfigurationChanged[]): JsonValue {
  let value: JsonValue = null;
  for (const { changes } of entries) for (const change of changes) value = applied(value, change);
  return value;
}

function applied(value: JsonValue, { path, after }: Change): JsonValue {
  if (path === "") return after;
  const [name = "", ...below] = path.slice(1).split("/").map(unescaped);
  const rest = below.length === 0 ? "" : `/${below.map(escaped).join("/")}`;
  const inner = applied(membersOf(value)?.[name] ?? null, { path: rest, before: null, after });
  if (Array.isArray(value)) {
    const copy = [...value];
    copy[Number(name)] = inner;
    // A place that is null again was at the end: the array became shorter.
    while (copy.length > 0 && copy.at(-1) === null) copy.pop();
    return copy;
  }
  const copy = { ...(membersOf(value) ?? {}), [name]: inner };
  return inner === null ? Object.fromEntries(Object.entries(copy).filter(([other]) => other !== name)) : copy;
}

function membersOf(value: JsonValue): JsonObject | null {
  return typeof value === "object" && value !== null ? (value as JsonObject) : null;
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function unescaped(name: string): string {
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}
