import assert from "node:assert/strict";
import test from "node:test";
import type { Change } from "../src/contract.ts";
import { historyOf, inTurn, isShown, merged, waveOf } from "../src/update_order.ts";

function change(id: string, more: Partial<Change> = {}): Change {
  return {
    id,
    source: "image",
    target: { instance_id: "docker", kind: "container", id, name: id },
    title: id,
    packages: [],
    revision: "1",
    status: "held",
    found_at: "2026-11-01T00:00:00Z",
    updated_at: "2026-11-01T00:00:00Z",
    category: "media",
    group: "",
    distance: "patch",
    assessment: null,
    way_back: "data",
    way_back_text: "",
    kept: "",
    until: null,
    approval_id: null,
    incident_id: null,
    url: null,
    reason: "",
    result: "",
    wave: 0,
    ...more,
  };
}

const ids = (changes: Change[]) => changes.map((one) => one.id);

test("what waits for a person is first, then what is due first, and what is over is last", () => {
  const changes = [
    change("old", { status: "done", updated_at: "2026-10-01T00:00:00Z" }),
    change("late", { until: "2026-12-09T00:00:00Z" }),
    change("new", { status: "went_back", updated_at: "2026-11-20T00:00:00Z" }),
    change("early", { until: "2026-12-01T00:00:00Z" }),
    change("asked", { status: "asked" }),
  ];
  assert.deepEqual(ids(inTurn(changes)), ["asked", "early", "late", "new", "old"]);
});

test("a filter shows the states it names", () => {
  assert.ok(isShown(change("a", { status: "deferred" }), "held"));
  assert.ok(isShown(change("a", { status: "went_back" }), "blocked"));
  assert.ok(!isShown(change("a", { status: "asked" }), "held"));
  assert.ok(isShown(change("a", { status: "gone" }), "all"));
});

test("a wave has the updates of a group that are not over, and none for a single one", () => {
  const one = change("a", { group: "plugs", until: "2026-12-02T00:00:00Z" });
  const others = [one, change("b", { group: "plugs", status: "asked" }), change("c", { group: "plugs", status: "done" }), change("d")];
  assert.deepEqual(ids(waveOf(others, one)), ["b", "a"]);
  assert.deepEqual(waveOf([one, others[2]!], one), []);
  const given = ["third", "canary", "second"].map((id, place) => change(id, { group: "plugs", wave: [3, 1, 2][place] ?? 0 }));
  assert.deepEqual(ids(waveOf(given, given[0]!)), ["canary", "second", "third"]);
  assert.deepEqual(waveOf(others, change("d")), []);
});

test("the history has other versions of the same target, the newest first", () => {
  const same = { instance_id: "docker", kind: "container", id: "a", name: "a" };
  const older = change("a1", { target: same, updated_at: "2026-09-01T00:00:00Z" });
  const newer = change("a2", { target: same, updated_at: "2026-10-01T00:00:00Z" });
  assert.deepEqual(ids(historyOf([older, change("b"), newer, change("a")], change("a"))), ["a2", "a1"]);
});

const rowAt = (id: string, updated_at: string, brief = false) => ({ id, updated_at, brief }) as Change;

test("a brief row does not replace the whole one of the same time", () => {
  const whole = rowAt("a", "2026-11-29T05:00:00Z");
  assert.deepEqual(merged([rowAt("a", "2026-11-29T05:00:00Z", true)], [whole]), [whole]);
  const later = rowAt("a", "2026-11-29T06:00:00Z", true);
  assert.deepEqual(merged([later], [whole]), [later]);
});

test("a whole row replaces one of the same time, and no newer one", () => {
  const now = { ...rowAt("a", "2026-11-29T05:00:00Z"), title: "now" };
  assert.deepEqual(merged([now], [rowAt("a", "2026-11-29T05:00:00Z", true)]), [now]);
  const newer = rowAt("a", "2026-11-29T07:00:00Z");
  assert.deepEqual(merged([now], [newer]), [newer]);
});

test("what is in one list only stays", () => {
  const found = merged([rowAt("a", "1")], [rowAt("b", "2")]).map((one) => one.id);
  assert.deepEqual(found.sort(), ["a", "b"]);
});
