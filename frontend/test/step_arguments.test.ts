import assert from "node:assert/strict";
import { test } from "node:test";
import type { Catalogue, PlannedStep } from "../src/contract.ts";
import { argumentText, extraArguments, isInImage } from "../src/step_arguments.ts";

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

test("an image shows its tag and its digest", () => {
  const sha = `sha256:${"0123456789ab".repeat(5)}0000`;
  const after = `ghcr.io/lab/sonarr:4.0.2 (${sha.slice(0, 19)})`;
  const image = { field: "Image", before: "sonarr:4.0.1", after };
  const update = { version: "4.0.2", digest: sha, force: true };
  assert.deepEqual(extraArguments(step({ arguments: update, differences: [image] })), [["force", true]]);
  assert.ok(isInImage("tag", `4.0.2@${sha}`, `sonarr:4.0.2@${sha}`));
  assert.ok(!isInImage("version", "0.2", after));
  assert.ok(!isInImage("digest", sha.replaceAll("0", "f"), after));
  assert.ok(!isInImage("digest", sha, "sonarr:4.0.2"));
  assert.ok(!isInImage("minutes", "30", "12:30"));
});
