/** The modules of the sandbox: who imports whom, and fresh copies of some of them on demand. */
import { registerHooks } from "node:module";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

const importers = new Map<string, Set<string>>();
const versions = new Map<string, number>();
let latest = 0;

/** From now on; `root` is the sandbox. */
export function watchModules(root: string): void {
  const ours = (url: string | undefined) =>
    url?.startsWith("file:") === true && !url.includes("/node_modules/")
      ? fileURLToPath(url.split("?")[0]!)
      : null;
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const path = ours(found.url);
      if (path === null || !path.startsWith(root + sep)) return found;
      const parent = ours(context.parentURL);
      if (parent !== null) importers.set(path, (importers.get(path) ?? new Set()).add(parent));
      const version = versions.get(path);
      return version === undefined ? found : { ...found, url: `${found.url.split("?")[0]}?fresh=${version}` };
    },
  });
}

/** The file and all that import it, directly or not. */
export function dependentsOf(path: string): ReadonlySet<string> {
  const found = new Set([path]);
  for (const one of found) for (const importer of importers.get(one) ?? []) found.add(importer);
  return found;
}

export function allModules(): Iterable<string> {
  return new Set([...importers.keys(), ...[...importers.values()].flatMap((some) => [...some])]);
}

/** The next import of these finds copies of their own; call what it returns to go back to those there were. */
export function refresh(paths: Iterable<string>): () => void {
  const version = ++latest;
  const before = new Map<string, number | undefined>();
  for (const path of paths) {
    before.set(path, versions.get(path));
    versions.set(path, version);
  }
  return () => {
    for (const [path, was] of before) {
      if (was === undefined) versions.delete(path);
      else versions.set(path, was);
    }
  };
}
