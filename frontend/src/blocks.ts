/** Parses the Markdown that runbooks and reports use. What it does not know stays text. */

export type Inline =
  | { kind: "text" | "strong" | "emphasis" | "code"; text: string }
  | { kind: "link"; text: string; url: string };

export type Block =
  | { kind: "heading"; level: number; text: Inline[] }
  | { kind: "paragraph"; text: Inline[] }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "code"; text: string }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] };

const INLINE = /(`[^`]+`)|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** Return the parts of a line. Only links to web pages become links. */
export function inlines(line: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of line.matchAll(INLINE)) {
    if (match.index > end) parts.push({ kind: "text", text: line.slice(end, match.index) });
    const [whole, code, strong, emphasis, label, url] = match;
    if (code) parts.push({ kind: "code", text: code.slice(1, -1) });
    else if (strong) parts.push({ kind: "strong", text: strong });
    else if (emphasis) parts.push({ kind: "emphasis", text: emphasis });
    else if (label && url && /^https?:\/\//i.test(url)) parts.push({ kind: "link", text: label, url });
    else parts.push({ kind: "text", text: label ?? whole });
    end = match.index + whole.length;
  }
  if (end < line.length) parts.push({ kind: "text", text: line.slice(end) });
  return parts;
}

const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

/** Return the blocks of a text. */
export function blocks(text: string): Block[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const found: Block[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index] ?? "";
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (!line.trim()) index += 1;
    else if (line.trimStart().startsWith("```")) {
      const end = lines.findIndex((one, at) => at > index && one.trimStart().startsWith("```"));
      const last = end < 0 ? lines.length : end;
      found.push({ kind: "code", text: lines.slice(index + 1, last).join("\n") });
      index = last + 1;
    } else if (heading) {
      found.push({ kind: "heading", level: heading[1]?.length ?? 1, text: inlines(heading[2] ?? "") });
      index += 1;
    } else if (ITEM.test(line)) index = list(lines, index, found);
    else if (line.trim().startsWith("|") && /^[\s|:-]+$/.test(lines[index + 1] ?? "x")) index = table(lines, index, found);
    else {
      const start = index;
      while (index < lines.length && isPlain(lines[index] ?? "")) index += 1;
      if (index === start) index += 1;
      found.push({ kind: "paragraph", text: inlines(lines.slice(start, index).join(" ")) });
    }
  }
  return found;
}

function isPlain(line: string): boolean {
  return line.trim() !== "" && !ITEM.test(line) && !/^#{1,6}\s/.test(line) && !line.trimStart().startsWith("```");
}

function list(lines: string[], start: number, found: Block[]): number {
  const items: string[] = [];
  const ordered = /^\s*\d/.test(lines[start] ?? "");
  let index = start;
  for (; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    const item = ITEM.exec(line);
    if (item) items.push(item[2] ?? "");
    else if (line.startsWith("  ") && line.trim()) items[items.length - 1] += ` ${line.trim()}`;
    else break;
  }
  found.push({ kind: "list", ordered, items: items.map(inlines) });
  return index;
}

function table(lines: string[], start: number, found: Block[]): number {
  const cells = (line: string) => line.trim().replace(/^\||\|$/g, "").split("|").map((one) => inlines(one.trim()));
  let index = start + 2;
  while (index < lines.length && (lines[index] ?? "").trim().startsWith("|")) index += 1;
  found.push({ kind: "table", head: cells(lines[start] ?? ""), rows: lines.slice(start + 2, index).map(cells) });
  return index;
}
