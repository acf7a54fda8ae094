import assert from "node:assert/strict";
import { test } from "node:test";
import { blocks, inlines } from "../src/blocks.ts";

test("headings, paragraphs, lists, code and tables", () => {
  const text = "# Title\n\nOne\ntwo.\n\n* a\n  more\n* b\n\n1. x\n2. y\n\n```\ncode *x*\n```\n| A | B |\n|---|---|\n| 1 | 2 |\n";
  assert.deepEqual(blocks(text).map((one) => one.kind), ["heading", "paragraph", "list", "list", "code", "table"]);
  const [, paragraph, list, ordered, code] = blocks(text);
  assert.deepEqual(paragraph, { kind: "paragraph", text: [{ kind: "text", text: "One two." }] });
  assert.deepEqual(list?.kind === "list" && list.items.map((one) => one[0]?.text), ["a more", "b"]);
  assert.equal(ordered?.kind === "list" && ordered.ordered, true);
  assert.equal(code?.kind === "code" && code.text, "code *x*");
});

test("only web pages become links", () => {
  assert.deepEqual(inlines("[a](https://example.org)"), [{ kind: "link", text: "a", url: "https://example.org" }]);
  for (const url of ["javascript:alert", "data:text/html,x", "file:///etc/passwd", "//example.org"]) {
    assert.deepEqual(inlines(`[a](${url})`), [{ kind: "text", text: "a" }]);
  }
});

test("text keeps what is no markup", () => {
  assert.deepEqual(inlines("2 * 3 * 4 <b>x</b>"), [{ kind: "text", text: "2 * 3 * 4 <b>x</b>" }]);
  assert.deepEqual(
    inlines("a **b** `c*d*` *e*").map((one) => one.kind),
    ["text", "strong", "text", "code", "text", "emphasis"],
  );
});

test("any text ends", () => {
  const parts = ["#", "`", "```", "|", "-", "*", " ", "\n", "1.", "[a](b", "x", "|-|"];
  let seed = 7;
  for (let round = 0; round < 2000; round += 1) {
    let text = "";
    for (let index = 0; index < 12; index += 1) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      text += parts[seed % parts.length] ?? "";
    }
    assert.ok(Array.isArray(blocks(text)), text);
  }
});
