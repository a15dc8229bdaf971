/** The house rules that one file can break. Each brings a file that breaks it and one that does not. */
import { codeOf, isTypeScript, type Source } from "./sources.ts";

export interface Rule {
  readonly name: string;
  readonly breaks: (source: Source) => boolean;
  readonly bad: readonly Source[];
  readonly good: readonly Source[];
}

const LINES_MAX = 400;
const VAGUE =
  /^(utils?|helpers?|common|misc|shared|manager)$|(^|-)(utils?|helpers?|common|misc|manager)(-|\.|$)/;
/** The one file that may write to the log: it is where a fault nobody expected ends up. */
const LOGS = "src/worker.ts";
/** The only files that send anything anywhere: records to upstreams, a question to an issuer for its keys, a word to the operator's webhook. */
const SENDS = ["src/gate/upstream.ts", "src/identity/read-jwks.ts", "src/ledger-writer/webhook.ts"];
/** Written apart, so that this file does not break its own rule. */
const UNFINISHED = new RegExp(`\\b(${"TO"}DO|${"FIX"}ME)\\b`);
const ELSEWHERE = new RegExp(
  [`(^|[\\s"'\`(=])/${"work"}/`, `\\.\\./${"shared"}`, `/tmp/${"scratch"}`].join("|"),
  "m",
);

const file = (path: string, text = ""): Source => ({ path, text });
const inSrc = ({ path }: Source) => path.startsWith("src/");

export const RULES: readonly Rule[] = [
  {
    name: `at most ${LINES_MAX} lines`,
    breaks: (source) => isTypeScript(source) && source.text.trimEnd().split("\n").length > LINES_MAX,
    bad: [file("a.ts", "x\n".repeat(LINES_MAX + 1))],
    good: [file("a.ts", "x\n".repeat(LINES_MAX)), file("a.json", "x\n".repeat(LINES_MAX + 1))],
  },
  {
    name: "file names are kebab-case",
    breaks: ({ path }) =>
      path.endsWith(".ts") &&
      !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d))?\.ts$/.test(path.split("/").at(-1)!),
    bad: [
      file("src/gateKeeper.ts"),
      file("src/Gate.ts"),
      file("src/gate_keeper.ts"),
      file("src/gate.old.ts"),
    ],
    good: [file("src/gate-keeper.ts"), file("test/a.test.ts"), file("tenfour.config.ts")],
  },
  {
    name: "names say what is inside",
    breaks: ({ path }) => path.split("/").some((part) => VAGUE.test(part)),
    bad: [
      file("src/utils/x.ts"),
      file("src/gate-helpers.ts"),
      file("src/common.ts"),
      file("src/key-manager.ts"),
    ],
    good: [file("src/gate/admit.ts"), file("src/commonplace.ts")],
  },
  {
    name: "nothing is left unfinished",
    breaks: ({ text }) => UNFINISHED.test(text),
    bad: [file("a.ts", `// ${"TO"}${"DO"}: later`), file("a.md", `${"FIX"}${"ME"}`)],
    good: [file("a.ts", "// todos are kept in the issue tracker")],
  },
  {
    name: `only ${LOGS} writes to the log`,
    breaks: (source) =>
      inSrc(source) && isTypeScript(source) && source.path !== LOGS && /\bconsole\b/.test(codeOf(source)),
    bad: [file("src/gate/a.ts", "console.log(1);"), file("src/a.ts", "const { log } = console;")],
    good: [
      file(LOGS, "console.error(1);"),
      file("src/a.ts", "// console.log"),
      file("demo/a.ts", "console.log(1);"),
    ],
  },
  {
    name: `only ${SENDS.join(" and ")} call fetch`,
    breaks: (source) =>
      inSrc(source) && isTypeScript(source) && !SENDS.includes(source.path) && takesFetch(codeOf(source)),
    bad: [
      file("src/a.ts", "await fetch(url);"),
      file("src/a.ts", "const send = fetch;"),
      file("src/a.ts", "globalThis.fetch(url);"),
      file("src/a.ts", 'globalThis["fetch"](url);'),
      file(
        "src/worker.ts",
        "export default {\n  async fetch(request) {\n    return fetch(request);\n  }\n};",
      ),
    ],
    good: [
      ...SENDS.map((path) => file(path, "await fetch(url);")),
      file(
        "src/worker.ts",
        "export default {\n  async fetch(request: Request) {\n    return app.fetch(request);\n  }\n};",
      ),
    ],
  },
  {
    name: "only src/worker.ts sees the environment",
    breaks: (source) =>
      inSrc(source) &&
      isTypeScript(source) &&
      source.path !== "src/worker.ts" &&
      /\bEnv\b|\bprocess\.env\b|"cloudflare:workers"/.test(
        source.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""),
      ),
    bad: [
      file("src/gate/a.ts", "function a(env: Env) {}"),
      file("src/a.ts", "process.env.X;"),
      file("src/a.ts", 'import { env } from "cloudflare:workers";'),
    ],
    good: [
      file("src/worker.ts", "interface Env {}"),
      file("src/a.ts", "/** Not for Env. */ type Environment = 1;"),
    ],
  },
  {
    name: "a module begins with what it is and may not do",
    breaks: (source) => inSrc(source) && isTypeScript(source) && !source.text.startsWith("/**"),
    bad: [file("src/a.ts", "export const a = 1;")],
    good: [file("src/a.ts", "/** Pure. */\nexport const a = 1;")],
  },
  {
    name: "nothing points outside the repository",
    breaks: ({ text }) => ELSEWHERE.test(text),
    bad: [
      file("a.md", `see ${"../"}${"shared"}/x`),
      file("a.ts", `"/${"work"}/main"`),
      file("a.ts", `/tmp/${"scratch"}`),
    ],
    good: [file("a.ts", '"/ingest/workshop/a"')],
  },
];

/** `fetch` taken from the global scope; a method of that name, or a call of one, is not. */
function takesFetch(code: string): boolean {
  if (/\b(globalThis|self)(\.fetch\b|\[["'`]fetch)/.test(code)) return true;
  return code
    .split("\n")
    .filter((line) => !/^\s*(async )?fetch\(.*\{$/.test(line))
    .some((line) => /(?<![.\w$"'`#])fetch\b(?!["'`]|\s*:)/.test(line));
}
