/** The strict profile, slowly: the runtime's own parser, then a walk over tokens cut by a regular expression. */

export interface Accepted {
  readonly ok: true;
  readonly value: unknown;
}

export type Verdict = Accepted | { readonly ok: false };

const TOKEN =
  /[ \t\n\r]+|[[\]{}:,]|"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** `looked`: paths, as JSON, of the objects looked into: `.name` for a member, `*` for any element. `lines`: no line breaks between tokens. */
export function strictJson(bytes: Uint8Array, looked: ReadonlySet<string>, lines: boolean): Verdict {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return { ok: false };
  }
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new Error("what the parser accepts has tokens");
    if (/^[ \t\n\r]/.test(token)) {
      if (lines && /[\n\r]/.test(token)) return { ok: false };
    } else tokens.push(token);
  }
  return new Walk(tokens, looked).sound() ? { ok: true, value } : { ok: false };
}

class Walk {
  readonly #tokens: readonly string[];
  readonly #looked: ReadonlySet<string>;
  #next = 0;

  constructor(tokens: readonly string[], looked: ReadonlySet<string>) {
    this.#tokens = tokens;
    this.#looked = looked;
  }

  sound(): boolean {
    return this.#value([], 0);
  }

  #value(path: readonly string[], depth: number): boolean {
    const token = this.#tokens[this.#next++]!;
    if (token.startsWith('"')) return (JSON.parse(token) as string).isWellFormed();
    if (/^[-\d]/.test(token)) return Number.isFinite(Number(token));
    if (token !== "{" && token !== "[") return true;
    if (depth === 64) return false;
    const keys: string[] = [];
    const looked = this.#looked.has(JSON.stringify(path));
    while (this.#tokens[this.#next] !== "}" && this.#tokens[this.#next] !== "]") {
      let step = "*";
      if (token === "{") {
        step = JSON.parse(this.#tokens[this.#next]!) as string;
        if (!step.isWellFormed() || step === "__proto__" || step.startsWith("\0")) return false;
        if (looked && [...step].some((character) => character < " " || character > "~")) return false;
        keys.push(looked ? step.toLowerCase() : step);
        this.#next += 2;
      }
      // A member `*` is no element.
      if (!this.#value([...path, token === "{" ? `.${step}` : "*"], depth + 1)) return false;
      if (this.#tokens[this.#next] === ",") this.#next++;
    }
    this.#next++;
    return new Set(keys).size === keys.length;
  }
}
