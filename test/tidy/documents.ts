/** What the documents and settings say of the code. Pure, so that each rule can be shown to fail. */

/** Codes without a paragraph under a heading of their own, and such headings that name no code. */
export function reasonProblems(codes: readonly string[], markdown: string): string[] {
  const sections = markdown.split(/^#{2,4} /m).slice(1);
  const written = new Map(
    sections.flatMap((section) => {
      const [heading = "", ...rest] = section.split("\n");
      const code = /^`([a-z0-9_]+)`/.exec(heading)?.[1];
      return code === undefined ? [] : [[code, rest.join(" ").trim()] as const];
    }),
  );
  return [
    ...codes.filter((code) => !written.has(code)).map((code) => `${code} has no heading`),
    ...codes
      .filter((code) => written.has(code) && !/\w+ \w+ \w+/.test(written.get(code)!))
      .map((code) => `${code} has no paragraph`),
    ...[...written.keys()].filter((code) => !codes.includes(code)).map((code) => `${code} is no code`),
  ];
}

/** Bindings and secrets that `wrangler.toml` and the worker's `Env` do not both name. */
export function bindingProblems(toml: string, worker: string): string[] {
  const env = /interface Env \{([\s\S]*?)\n\}/.exec(worker)?.[1];
  if (env === undefined) return ["there is no interface Env"];
  const typed = [...env.matchAll(/^\s*(?:readonly )?([A-Z][A-Z0-9_]*)\??:/gm)].map((found) => found[1]!);
  const bound = [
    ...[...toml.matchAll(/^(?:binding|name) = "([A-Z][A-Z0-9_]*)"/gm)].map((found) => found[1]!),
    ...[...toml.matchAll(/^# {3}([A-Z][A-Z0-9_]*) /gm)].map((found) => found[1]!),
  ];
  return [
    ...bound.filter((name) => !typed.includes(name)).map((name) => `${name} is not in Env`),
    ...typed.filter((name) => !bound.includes(name)).map((name) => `${name} is not in wrangler.toml`),
  ];
}
