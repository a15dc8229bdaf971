/** The repository's own files, as the house rules see them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { transformSync } from "esbuild";

export const ROOT = join(import.meta.dirname, "..", "..");

export interface Source {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Made by tools or by running, so none of ours. */
const NOT_OURS = ["node_modules", "dist", "coverage", "LICENSE", "package-lock.json"];
const TEXT =
  /\.(ts|js|json|jsonl|md|toml|sql|yml|yaml|html|css|sh)$|(^|\/)(\.ci\/run|\.gitignore|\.editorconfig)$/;

/** Every text file of ours. */
export function readSources(): Source[] {
  return filesUnder(ROOT)
    .map((file) => relative(ROOT, file).split(sep).join("/"))
    .filter((path) => TEXT.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

export function isTypeScript({ path }: Source): boolean {
  return path.endsWith(".ts");
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const hidden = entry.name.startsWith(".") && ![".ci", ".gitignore", ".editorconfig"].includes(entry.name);
    if (hidden || NOT_OURS.includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** The code of a TypeScript file without types and comments, printed in one way. */
export function codeOf({ path, text }: Source): string {
  return transformSync(text, { loader: "ts", legalComments: "none", sourcefile: path, logLevel: "silent" })
    .code;
}
