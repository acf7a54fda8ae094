import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedStep } from "../src/contract.ts";
import { placeOf } from "../src/step_places.ts";

const t = (key: string, values: Record<string, unknown> = {}): string => [key, ...Object.values(values)].join(" ");

function step(name: string, after: number[] | null, undone_without: number[] = [], runbook = ""): PlannedStep {
  const target = { instance_id: "pve", kind: "container", id: name, name };
  return { target, after, undone_without, runbook } as unknown as PlannedStep;
}

test("a step says what it waits for, without what it is undone, and its runbook", () => {
  const steps = [step("radarr", [], [2]), step("sonarr", [], [], "Stuck"), step("pve1", [0, 1])];
  assert.deepEqual(placeOf(steps[0]!, steps, t), ["plan.undone_without pve1"]);
  assert.deepEqual(placeOf(steps[1]!, steps, t), ["plan.from_runbook Stuck"]);
  assert.deepEqual(placeOf(steps[2]!, steps, t), ["plan.after_step radarr, sonarr"]);
});

test("steps with targets of one name are called by their numbers", () => {
  const steps = [step("kitchen#47", [], [1, 2]), step("sonarr", [0]), step("sonarr", [0, 1])];
  assert.deepEqual(placeOf(steps[0]!, steps, t), ["plan.undone_without plan.step_number 2, plan.step_number 3"]);
  assert.deepEqual(placeOf(steps[2]!, steps, t), ["plan.after_step kitchen#47, plan.step_number 2"]);
});

test("a step of a runbook says nothing", () => {
  const only = step("radarr", null);
  assert.deepEqual(placeOf(only, [only], t), []);
});
