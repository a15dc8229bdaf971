/** Makes a case that fails smaller, and prints one so that a person can read it. Knows nothing of consent. */

type Node = Map<unknown, unknown> | unknown[] | Record<string, unknown>;

/** Removes elements of arrays and maps, one at a time, in place, for as long as `fails` stays true. Returns how many went. */
export function shrink(root: object, fails: () => boolean): number {
  let removed = 0;
  for (let again = true; again; ) {
    again = false;
    for (const node of nodesOf(root)) {
      if (node instanceof Map) {
        for (const key of [...node.keys()]) {
          const before = [...node];
          node.delete(key);
          if (stillFails(fails)) again = ++removed > 0;
          else restore(node, before);
        }
      } else if (Array.isArray(node)) {
        for (let i = node.length - 1; i >= 0; i--) {
          const [value] = node.splice(i, 1);
          if (stillFails(fails)) again = ++removed > 0;
          else node.splice(i, 0, value);
        }
      }
    }
  }
  return removed;
}

function restore(map: Map<unknown, unknown>, entries: [unknown, unknown][]) {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

/** A smaller case that throws is another case. */
function stillFails(fails: () => boolean): boolean {
  try {
    return fails();
  } catch {
    return false;
  }
}

function nodesOf(root: object): Node[] {
  const nodes: Node[] = [];
  const queue: unknown[] = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (typeof next !== "object" || next === null) continue;
    nodes.push(next as Node);
    queue.push(...(next instanceof Map ? next.values() : Object.values(next)));
  }
  return nodes;
}

/** JSON with maps as objects and each instant as its distance from `now` in milliseconds. */
export function plain(value: unknown, now: number): string {
  return JSON.stringify(
    value,
    (_key, inner: unknown) => {
      if (inner instanceof Map) return Object.fromEntries(inner);
      if (typeof inner === "number" && Math.abs(inner - now) < 1e11) {
        return inner === now ? "now" : `now${inner > now ? "+" : ""}${inner - now}`;
      }
      return inner;
    },
    1,
  );
}
