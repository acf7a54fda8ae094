import assert from "node:assert/strict";
import { test } from "node:test";
import type { Catalogue, PlannedStep } from "../src/contract.ts";
import { argumentText, extraArguments } from "../src/step_arguments.ts";

const step = (changes: Partial<PlannedStep>) =>
  ({ action: "box.set", arguments: { hours: 4, force: true }, differences: [], ...changes }) as PlannedStep;
const catalogue = {
  services: [{ key: "box", actions: [{ key: "set", arguments: [{ key: "hours", name: "Duration" }] }] }],
} as unknown as Catalogue;
const texts = (one: PlannedStep) =>
  extraArguments(one).map(([key, value]) => argumentText(one, key, value, catalogue));

test("arguments are shown as the plan names them", () => {
  const shown = { hours: { name: "Dauer", value: "4 h" }, force: { name: "Erzwingen", value: "ja" } };
  assert.deepEqual(texts(step({ shown })), ["Dauer: 4 h", "Erzwingen: ja"]);
});

test("without that they have the names of the catalogue, or their keys", () => {
  assert.deepEqual(texts(step({})), ["Duration: 4", "Force: true"]);
});
