/** Shows Markdown as elements; text never becomes HTML. */

import { html, type TemplateResult } from "lit";
import { blocks, type Block, type Inline } from "./blocks.ts";

export function markdown(text: string): TemplateResult {
  return html`<div class="markdown content" style="padding:0">${blocks(text).map(block)}</div>`;
}

function block(one: Block): TemplateResult {
  switch (one.kind) {
    case "heading":
      return one.level <= 1 ? html`<h3 class="title">${inline(one.text)}</h3>` : html`<h4 class="title">${inline(one.text)}</h4>`;
    case "paragraph":
      return html`<p>${inline(one.text)}</p>`;
    case "code":
      return html`<pre tabindex="0">${one.text}</pre>`;
    case "list": {
      const items = one.items.map((item) => html`<li>${inline(item)}</li>`);
      return one.ordered
        ? html`<ol style="padding-inline-start:20px">${items}</ol>`
        : html`<ul style="padding-inline-start:20px">${items}</ul>`;
    }
    case "table":
      return html`<div style="overflow-x:auto" tabindex="0"><table>
        <thead><tr>${one.head.map((cell) => html`<th scope="col">${inline(cell)}</th>`)}</tr></thead>
        <tbody>${one.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${inline(cell)}</td>`)}</tr>`)}</tbody>
      </table></div>`;
  }
}

function inline(parts: Inline[]): unknown {
  return parts.map((one) => {
    switch (one.kind) {
      case "strong":
        return html`<strong>${one.text}</strong>`;
      case "emphasis":
        return html`<em>${one.text}</em>`;
      case "code":
        return html`<code>${one.text}</code>`;
      case "link":
        return html`<a href=${one.url} target="_blank" rel="noreferrer noopener">${one.text}</a>`;
      case "text":
        return one.text;
    }
  });
}
