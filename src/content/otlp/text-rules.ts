/** What the strings of OTLP's messages may say. No rule admits free text; the empty string says nothing and stays. Pure. */

const ID = "[A-Za-z0-9._:+/=-]";

/** A span's name may be an operation and what it is done to; alone, both are ids. Longer than an id it is none. */
const OPERATIONS = `GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY HTTP _OTHER
  SELECT INSERT UPDATE CREATE ALTER DROP MERGE CALL EXECUTE
  send receive process publish settle create poll
  chat text_completion generate_content embeddings retrieval create_agent invoke_agent invoke_workflow execute_tool`
  .split(/\s+/)
  .join("|");

/** A path with the names of what varies in it in braces, such as `/users/{id}`. */
const TEMPLATE = "(?:/(?:[A-Za-z0-9._:-]*|\\{[A-Za-z0-9._:*-]+\\}))+";

const RULES = {
  /** Nothing at all. */
  none: /^$/,
  id: new RegExp(`^${ID}{0,64}$`),
  /** Packages are named with an @ before them. */
  scope: new RegExp(`^@?${ID}{0,64}$`),
  span: new RegExp(`^(?=.{0,64}$)(?:(?:(?:${OPERATIONS}) )?(?:${ID}+|${TEMPLATE}))?$`),
  template: new RegExp(`^(?=.{0,64}$)(?:${TEMPLATE})?$`),
  /** Of the Unified Code for Units of Measure: `ms`, `By/s`, `{token}`. */
  unit: /^[A-Za-z0-9%./*^{}_-]{0,32}$/,
  schema_url: /^(?:https:\/\/opentelemetry\.io\/schemas\/(?:gen-ai\/)?[0-9.]{1,16})?$/,
} as const;

export type TextRule = keyof typeof RULES;

export function textHolds(rule: TextRule, text: string): boolean {
  return RULES[rule].test(text);
}
