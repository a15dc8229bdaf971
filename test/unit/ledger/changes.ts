/** Every small change of a JSON value: each member and element changed, left out or added, one at a time. */

export interface Change {
  /** Where, and what was done. */
  readonly name: string;
  readonly value: unknown;
}

export function changesOf(value: unknown, path = ""): Change[] {
  if (Array.isArray(value)) return ofArray(value, path);
  if (typeof value === "object" && value !== null) return ofObject(value as Record<string, unknown>, path);
  return others(value).map((other) => ({ name: `${path} = ${JSON.stringify(other)}`, value: other }));
}

function ofArray(items: readonly unknown[], path: string): Change[] {
  const inside = items.flatMap((item, at) =>
    changesOf(item, `${path}/${at}`).map(({ name, value }) => ({ name, value: items.with(at, value) })),
  );
  const without = items.map((_, at) => ({ name: `${path}/${at} left out`, value: items.toSpliced(at, 1) }));
  return [...inside, ...without, { name: `${path}/- added`, value: [...items, items[0] ?? 0] }];
}

function ofObject(members: Readonly<Record<string, unknown>>, path: string): Change[] {
  const inside = Object.entries(members).flatMap(([member, held]) =>
    changesOf(held, `${path}/${member}`).map(({ name, value }) => ({
      name,
      value: { ...members, [member]: value },
    })),
  );
  const without = Object.keys(members).map((member) => {
    const { [member]: _, ...rest } = members;
    return { name: `${path}/${member} left out`, value: rest };
  });
  return [...inside, ...without, { name: `${path}/more added`, value: { ...members, more: 1 } }];
}

function others(value: unknown): unknown[] {
  if (typeof value === "number") return [value + 1, value === 0 ? 7 : 0, String(value)];
  if (typeof value === "boolean") return [!value, null];
  if (typeof value !== "string") return [0, ""];
  const middle = Math.floor(value.length / 2);
  const swapped = value[middle] === "B" ? "C" : "B";
  return [`${value.slice(0, middle)}${swapped}${value.slice(middle + 1)}`, `${value}x`, "", null].filter(
    (other) => other !== value,
  );
}
