/**
 * Carries out the shell lines of a page, as far as its pages use the shell: assignments, files written by `cat` or `printf`, `curl`, and three
 * commands whose output is assigned. Anything else is refused, so that nothing on a page goes unrun. Asserts nothing.
 */

export interface Step {
  /** The lines of one `sh` block. */
  readonly lines: readonly string[];
  /** What the page says that the last request answers; null: nothing. */
  readonly expected: {
    readonly kind: "json" | "http";
    readonly status: number;
    readonly text: string;
  } | null;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Shell {
  readonly variables: Map<string, string>;
  /** `npm run -s token -- …args`. */
  readonly token: (args: readonly string[]) => string;
  /** What `cat` and `printf` have written, by name. */
  readonly files: Map<string, Uint8Array>;
}

/** Each `sh` block, with the `json` or `http` block right after it. */
export function stepsOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```(\w+) ?(\d*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, kind, , text], index): Step[] => {
    if (kind !== "sh") return [];
    const [, next, status, answer] = blocks[index + 1] ?? [];
    const expected =
      next === "json" || next === "http"
        ? ({ kind: next, status: Number(status), text: answer!.trim() } as const)
        : null;
    return [{ lines: text!.replaceAll("\\\n", " ").trim().split("\n"), expected }];
  });
}

/** The answer to the last request of the lines; null: there was none. Throws an `Error` at a line it cannot carry out. */
export async function carryOut(lines: readonly string[], shell: Shell): Promise<Answered | null> {
  let answered: Answered | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const [, file, tag] = /^cat > ([\w.-]+) <<(\w+)$/.exec(line) ?? [];
    if (file !== undefined) {
      const end = lines.indexOf(tag!, at);
      const text = lines.slice(at + 1, end).map((one) => `${one}\n`);
      shell.files.set(file, new TextEncoder().encode(expanded(text.join(""), shell.variables)));
      at = end;
      continue;
    }
    const [, printed, to] = /^printf '([^']*)' > ([\w.-]+)$/.exec(line) ?? [];
    if (to !== undefined) {
      shell.files.set(to, octal(printed!));
      continue;
    }
    const [, name, inner] = /^(\w+)=\$\((.*)\)$/.exec(line) ?? [];
    if (name !== undefined) shell.variables.set(name, await outputOf(inner!, shell));
    else if (/^\w+=/.test(line)) assign(line, shell.variables);
    else if (line.startsWith("curl ")) answered = await curl(wordsOf(line, shell.variables), shell.files);
    else if (/^sleep \d+$/.test(line))
      await new Promise((done) => setTimeout(done, Number(line.slice(6)) * 1_000));
    else throw new Error(`cannot carry out: ${line}`);
  }
  return answered;
}

/** What is given already, such as where the gate is, is not assigned again. */
function assign(line: string, variables: Map<string, string>): void {
  const [name] = line.split("=", 1) as [string];
  const [word = ""] = wordsOf(line.slice(name.length + 1), variables);
  if (!["GATE", "UPSTREAM", "OPERATOR"].includes(name)) variables.set(name, word);
}

/** As `printf` has it: `\\0` and the like are bytes. */
function octal(text: string): Uint8Array {
  return Uint8Array.from(text.matchAll(/\\([0-7]{1,3})|[^\\]/g), ([char, code]) =>
    code === undefined ? char.charCodeAt(0) : Number.parseInt(code, 8),
  );
}

async function outputOf(command: string, { variables, token, files }: Shell): Promise<string> {
  const words = wordsOf(command, variables);
  if (command.startsWith("npm run -s token -- ")) return token(words.slice(5));
  if (command === "date -u +%Y-%m-%dT%H:%M:%SZ") return `${new Date().toISOString().slice(0, 19)}Z`;
  const pipe = words.indexOf("|");
  const [, pattern] = /^s\/(.*)\/\\1\/$/.exec(words[pipe + 2] ?? "") ?? [];
  if (words[0] !== "curl" || words[pipe + 1] !== "sed" || pattern === undefined) {
    throw new Error(`cannot carry out: ${command}`);
  }
  const { text } = await curl(words.slice(0, pipe), files);
  // sed's groups are escaped where RegExp's are not.
  return text.replace(new RegExp(pattern.replaceAll("\\(", "(").replaceAll("\\)", ")")), "$1");
}

/** Words of a line: quoted with ' or ", with variables, as a shell would have them. */
export function wordsOf(line: string, variables: ReadonlyMap<string, string>): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (const [piece, single, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)|\s+/g)) {
    if (/^\s+$/.test(piece)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + (single ?? expanded(double ?? plain ?? "", variables));
  }
  return word === null ? words : [...words, word];
}

function expanded(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`$${name} is not set`);
    return value;
  });
}

/** `-X`, `-H`, `-u`, `-d`, `--data-binary @file`, `-F`, `-i`, `-s` and a URL; with a body it is a POST. */
async function curl(
  [, ...words]: readonly string[],
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Answered> {
  const headers = new Headers();
  const parts: Uint8Array[] = [];
  let method: string | undefined;
  let body: RequestInit["body"];
  let url: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === "-i" || word === "-s") continue;
    if (word === "-X") method = words[++at]!;
    else if (word === "-d") body = words[++at]!;
    else if (word === "--data-binary") body = fileOf(words[++at]!, files);
    else if (word === "-u") headers.set("authorization", `Basic ${btoa(words[++at]!)}`);
    else if (word === "-F") {
      parts.push(partOf(words[++at]!, files));
    } else if (word === "-H") {
      const [, name, value] = /^([\w-]+): (.*)$/.exec(words[++at]!) ?? [];
      headers.set(name!, value!);
    } else if (url === undefined && word.startsWith("http")) url = word;
    else throw new Error(`curl ${word} is not known here`);
  }
  if (url === undefined) throw new Error("curl without a URL");
  if (parts.length > 0) {
    headers.set("content-type", `multipart/form-data; boundary=${BOUNDARY}`);
    body = Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
  }
  method ??= body === undefined ? "GET" : "POST";
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const BOUNDARY = "------------------------a-shell-page";

/** Of `name=text` or `name=@file`, either with `;type=…`, the part that curl would send. */
function partOf(part: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const [, name, value, given] = /^(\w+)=(.*?)(?:;type=([\w/+.-]+))?$/.exec(part) ?? [];
  if (name === undefined || value === undefined) throw new Error(`curl -F ${part} is not known here`);
  const isFile = value.startsWith("@");
  const type = given ?? (isFile ? "application/octet-stream" : null);
  const head = [
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; name="${name}"${isFile ? `; filename="${value.slice(1)}"` : ""}`,
    ...(type === null ? [] : [`Content-Type: ${type}`]),
  ];
  const held = isFile ? fileOf(value, files) : Buffer.from(value);
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), held, Buffer.from("\r\n")]);
}

function fileOf(at: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const file = files.get(at.slice(1));
  if (file === undefined || !at.startsWith("@")) throw new Error(`no file ${at}`);
  return new Uint8Array(file);
}
