/** Whether the words of the decision API's vocabulary can be answered: each leads to a route that reads records, and says what that needs. Pure. */
import type { LooseConfig, LooseTerm } from "./loose.ts";
import { type Path, type Problem, quote } from "./problems.ts";
import { NEEDED } from "./shape-meaning.ts";

export function vocabularyProblems({ authzen, routes = [] }: LooseConfig): Problem[] {
  return (authzen?.vocabulary ?? []).flatMap((term, index) => {
    if (term === undefined) return [];
    const path: Path = ["authzen", "vocabulary", index];
    const route = routes.find((one) => one?.id !== undefined && one.id === term.route);
    if (term.route !== undefined && route === undefined) {
      const says = `${quote(term.route)} is not among routes; name one of them by its id`;
      return [{ path: [...path, "route"], says }];
    }
    return contentProblems(term, route?.purpose, path);
  });
}

function contentProblems(term: LooseTerm, purpose: string | undefined, path: Path): Problem[] {
  const { content, captured_now } = term;
  if (content === undefined) return [];
  const problems: Problem[] = [];
  const add = (member: string, says: string) => problems.push({ path: [...path, "content", member], says });
  const timed = Object.hasOwn(content, "captured_at");
  if (captured_now === true && timed) {
    add("captured_at", "captured_now says when it is captured already; remove one of them");
  }
  for (const member of purpose === undefined ? [] : (NEEDED[purpose] ?? [])) {
    if (Object.hasOwn(content, member) || (member === "captured_at" && captured_now === true)) continue;
    add(member, `is missing; a ${purpose} route must know it, else all are unattributed`);
  }
  return problems;
}
