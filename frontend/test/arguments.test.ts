import assert from "node:assert/strict";
import { test } from "node:test";
import { checked, startOf } from "../src/arguments.ts";
import type { ActionOffer, Field, Resource } from "../src/contract.ts";

const field = (kind: Field["kind"], changes: Partial<Field> = {}) =>
  ({ key: "x", kind, required: true, default: null, choices: [], minimum: null, maximum: null, unit: null, scope: null, ...changes }) as Field;
const NODES = [{ kind: "node", id: "n1" }, { kind: "pool", id: "p1" }] as Resource[];
const mistake = (one: Field, entered: string) => checked(one, entered, NODES).mistake;

test("a number is within its range", () => {
  const range = field("number", { minimum: 1, maximum: 8, unit: "GiB" });
  assert.deepEqual(checked(range, " 2.5 ", []), { value: 2.5 });
  assert.deepEqual(checked(range, 8, []), { value: 8 });
  for (const wrong of ["0", "9"]) assert.deepEqual(mistake(range, wrong), { key: "range", values: { least: 1, most: "8 GiB" } });
  assert.equal(mistake(field("number", { minimum: 1 }), "0")?.key, "at_least");
  assert.equal(mistake(field("number", { maximum: 1 }), "2")?.key, "at_most");
  for (const wrong of ["two", "Infinity", "NaN", "1e999"]) assert.equal(mistake(field("number"), wrong)?.key, "number");
});

test("an empty field is a mistake only if it is required", () => {
  assert.equal(mistake(field("text"), "  ")?.key, "required");
  assert.deepEqual(checked(field("text", { required: false }), "", []), { value: null });
  assert.deepEqual(checked(field("boolean"), null, []), { value: false });
});

test("choices and targets are those that exist", () => {
  assert.deepEqual(checked(field("choice", { choices: ["a"] }), "a", []), { value: "a" });
  assert.equal(mistake(field("choice", { choices: ["a"] }), "b")?.key, "choice");
  assert.deepEqual(checked(field("target", { scope: "node" }), "n1", NODES), { value: "n1" });
  for (const wrong of ["p1", "n2"]) assert.equal(mistake(field("target", { scope: "node" }), wrong)?.key, "choice");
});

test("a field starts with the present reading, or with its default", () => {
  const action = { key: "set" } as ActionOffer;
  const controls = [{ action: "set", argument: "x", reading: "limit" }];
  const number = field("number", { default: 4 });
  assert.equal(startOf(number, action, controls, { limit: 2 }), 2);
  assert.equal(startOf(number, action, controls, { limit: null }), 4);
  assert.equal(startOf(number, action, controls, undefined), 4);
  assert.equal(startOf(number, { key: "other" } as ActionOffer, controls, { limit: 2 }), 4);
});
