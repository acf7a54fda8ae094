import assert from "node:assert/strict";
import { test } from "node:test";
import { compared } from "../src/definitions.ts";

const marked = (lines: { text: string; isCommon: boolean }[]) => lines.filter((one) => !one.isCommon).map((one) => one.text);

test("only what differs is marked, also behind lines that were added", () => {
  const { before, after } = compared("a\nb\nc\nd", "a\nnew\nb\nd\nend");
  assert.deepEqual([marked(before), marked(after)], [["c"], ["new", "end"]]);
  assert.equal(before.map((one) => one.text).join("\n"), "a\nb\nc\nd");
});

test("equal texts have no marks, and without a text every line is marked", () => {
  assert.deepEqual(marked(compared("a\nb", "a\nb").after), []);
  const { before, after } = compared("", "a\nb");
  assert.deepEqual([before, marked(after)], [[], ["a", "b"]]);
});

test("texts with very many lines are compared in place", () => {
  const many = Array.from({ length: 2_100 }, (_, at) => String(at));
  const other = many.with(7, "other");
  const { before, after } = compared(many.join("\n"), other.join("\n"));
  assert.deepEqual([marked(before), marked(after)], [["7"], ["other"]]);
});
