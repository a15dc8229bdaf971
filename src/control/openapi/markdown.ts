/** The Markdown of the guide as HTML: headings, paragraphs, fenced blocks, code, bold. No links, so that nothing leads outside. Pure. */

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** `level`: that of the Markdown's first heading. */
export function markdownToHtml(markdown: string, level: number): string {
  return markdown
    .split(/^(```[^\n]*\n[\s\S]*?^```$)/m)
    .map((part) => (part.startsWith("```") ? fenced(part) : prose(part, level)))
    .join("");
}

function fenced(block: string): string {
  const [info = "", ...lines] = block.split("\n");
  const [kind, status] = info.slice(3).trim().split(" ");
  const label = kind === "sh" ? "" : `<p class="label">answer ${escapeHtml(status ?? "")}</p>`;
  return `${label}<pre><code>${escapeHtml(lines.slice(0, -1).join("\n"))}</code></pre>\n`;
}

function prose(text: string, level: number): string {
  return text
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => block !== "")
    .map((block) => {
      const heading = /^(#+) (.*)$/.exec(block);
      if (heading === null) return `<p>${inline(block)}</p>\n`;
      const depth = level + heading[1]!.length - 1;
      return `<h${depth}>${inline(heading[2]!)}</h${depth}>\n`;
    })
    .join("");
}

export function inline(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, "<code>$1</code>")
    .replaceAll(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>");
}
