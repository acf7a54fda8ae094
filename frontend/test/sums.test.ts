import assert from "node:assert/strict";
import { test } from "node:test";
import type { Statistics } from "../src/contract.ts";
import { byDay, together } from "../src/sums.ts";

test("outcomes of all recipes are added", () => {
  const row = (fixed: number, worse: number) => ({ title: "T", fixed, not_fixed: 0, worse, unknown: 1, relapsed: 0 }) as Statistics;
  assert.equal(together([]), undefined);
  const sum = together([row(2, 0), row(3, 1)]);
  assert.deepEqual([sum?.fixed, sum?.worse, sum?.unknown], [5, 1, 2]);
});

test("each day has a value, also one without requests", () => {
  const now = Date.parse("2026-11-28T00:30:00Z");
  const use = [
    { deployment: "a", day: "2026-11-28", used: 3 },
    { deployment: "b", day: "2026-11-28", used: 4 },
    { deployment: "a", day: "2026-11-26", used: 1 },
    { deployment: "a", day: "2026-11-01", used: 9 },
  ];
  assert.deepEqual(byDay(use, now, 3).map((one) => one.value), [1, 0, 7]);
  assert.deepEqual(byDay(use, now, 3, "a").map((one) => one.value), [1, 0, 3]);
  assert.equal(byDay(use, now, 3).at(-1)?.name, "2026-11-28");
});
