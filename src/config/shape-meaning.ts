/** What the parts of a shape must be to each other: which variant a record is, and whether a decision can be made of it. Pure. */
import type { LooseRoute, LooseRules, LooseVariant } from "./loose.ts";
import { segmentsOf } from "./names.ts";
import { type Path, type Problem, quote } from "./problems.ts";

/** What a route of this purpose must be able to find in each record of content (rule T6). */
export const NEEDED: Readonly<Record<string, readonly ("account" | "conversation" | "captured_at")[]>> = {
  train: ["account", "conversation", "captured_at"],
  serve: ["account"],
  protect: ["account"],
  operate: [],
};

export function shapeProblems(route: LooseRoute, routePath: Path): Problem[] {
  const variants = route.shape?.variants ?? [];
  const path = [...routePath, "shape"];
  const record = route.shape?.record ?? "";
  return [
    ...attributionProblems(route, routePath),
    ...reachProblems(
      route.shape !== undefined && Object.hasOwn(route.shape, "discriminator"),
      variants,
      path,
    ),
    ...variants.flatMap((variant, index) =>
      variant === undefined
        ? []
        : [
            ...variantProblems(variant, [...path, "variants", index], route.purpose),
            ...turnsProblems(variant, record, [...path, "variants", index]),
          ],
    ),
  ];
}

/** Whose a record is, it says itself or its request's headers do. */
function attributionProblems(route: LooseRoute, path: Path): Problem[] {
  const shaped = Object.hasOwn(route, "shape");
  if (!Object.hasOwn(route, "attribution")) {
    const says =
      'is missing; describe how a record says whose it is, or let headers say it: attribution: "headers"';
    return shaped ? [] : [{ path: [...path, "shape"], says }];
  }
  const at = [...path, "attribution"];
  if (shaped) return [{ path: at, says: "is instead of shape; remove one of them" }];
  if (route.purpose !== "protect") return [];
  return [
    { path: at, says: "on a protect route the kind comes from the configuration; write a shape instead" },
  ];
}

/** What strip leaves of the turns is theirs alone to say. `record`: below which what goes on lies. */
function turnsProblems({ turns, strip_to = {} }: LooseVariant, record: string, path: Path): Problem[] {
  const of = turns?.of;
  if (of === undefined) return [];
  if (record !== "" && !of.startsWith(`${record}/`)) {
    return [{ path: [...path, "turns", "of"], says: `point below ${quote(record)}: only that goes on` }];
  }
  const list = of.slice(record.length);
  return Object.keys(strip_to)
    .filter((pointer) => `${pointer}/`.startsWith(`${list}/`) || list.startsWith(`${pointer}/`))
    .map((pointer) => ({
      path: [...path, "strip_to", pointer],
      says: "turns says what is left here; remove it",
    }));
}

/** The first variant that fits is the one: none may stand behind a variant that takes all, and no word behind itself. */
function reachProblems(
  discriminated: boolean,
  variants: readonly (LooseVariant | undefined)[],
  path: Path,
): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, number>();
  let takesAll: number | null = null;
  let asks = false;
  for (const [index, variant] of variants.entries()) {
    if (variant === undefined) continue;
    const at = [...path, "variants", index];
    if (takesAll !== null) {
      problems.push({
        path: at,
        says: `variants[${takesAll}] has no when and takes every record; move this one before it`,
      });
    }
    if (!Object.hasOwn(variant, "when")) takesAll ??= index;
    else asks = true;
    for (const word of variant.when ?? []) {
      if (word === undefined) continue;
      const earlier = taken.get(word);
      if (earlier === undefined) taken.set(word, index);
      else if (earlier !== index) {
        problems.push({
          path: [...at, "when"],
          says: `variants[${earlier}] takes ${quote(word)} already; remove it here or there`,
        });
      }
    }
  }
  if (asks && !discriminated) {
    problems.push({
      path: [...path, "discriminator"],
      says: "is missing; point at the member whose values when lists",
    });
  }
  return problems;
}

function variantProblems(variant: LooseVariant, path: Path, purpose: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const { content } = variant;
  for (const member of ["strip_to", "service_data"] as const) {
    const rules = variant[member];
    if (rules !== undefined) problems.push(...fieldRuleProblems(rules, [...path, member], null));
  }
  for (const [index, needed] of (variant.strip_needs ?? []).entries()) {
    const rules = variant.strip_to ?? variant.service_data;
    if (needed === undefined || (rules !== undefined && Object.hasOwn(rules, needed))) continue;
    const says = `${quote(needed)} is not among what may stay, so nothing ever would; add it there or remove it`;
    problems.push({ path: [...path, "strip_needs", index], says });
  }
  if (content === undefined) return problems;
  const add = (member: string, says: string) => problems.push({ path: [...path, "content", member], says });
  for (const member of purpose === undefined ? [] : (NEEDED[purpose] ?? [])) {
    if (!Object.hasOwn(content, member)) {
      add(member, `is missing; a ${purpose} route must find it in each record, else all are unattributed`);
    }
  }
  if (purpose === "protect" && content.kind !== undefined && content.kind.fixed !== "invite") {
    add("kind", 'on a protect route the kind comes from the configuration; write { fixed: "invite" }');
  }
  if (content.speaker_required === true && !Object.hasOwn(content, "speaker")) {
    add("speaker", "is missing, though speaker_required says every record has one; add it");
  }
  return problems;
}

/** Rules that could never both apply, and members too much alike to be told apart. `wrapped`: the member holding the records. */
export function fieldRuleProblems(rules: LooseRules, path: Path, wrapped: string | null): Problem[] {
  const pointers = Object.keys(rules);
  const exact = new Set(pointers);
  const folded = new Map<string, string>();
  const problems: Problem[] = [];
  for (const pointer of pointers) {
    const add = (says: string) => problems.push({ path: [...path, pointer], says });
    for (let end = pointer.lastIndexOf("/"); end > 0; end = pointer.lastIndexOf("/", end - 1)) {
      const above = pointer.slice(0, end);
      if (exact.has(above))
        add(`${quote(above)} holds one value, so nothing lies below it; remove one of them`);
    }
    const alike = folded.get(pointer.toLowerCase());
    if (alike === undefined) folded.set(pointer.toLowerCase(), pointer);
    else add(`differs from ${quote(alike)} by upper and lower case only, which records may not; remove one`);
    if (wrapped !== null && segmentsOf(pointer)[0]?.toLowerCase() === wrapped.toLowerCase()) {
      add("the records themselves are there; describe them in shape instead");
    }
  }
  return problems;
}
