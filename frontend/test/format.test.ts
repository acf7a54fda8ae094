import assert from "node:assert/strict";
import { test } from "node:test";
import { amount, duration, reading, relative } from "../src/format.ts";

const NOW = Date.parse("2026-11-28T12:00:00Z");

test("relative times use the largest unit that fits", () => {
  assert.equal(relative("2026-11-28T11:58:30Z", NOW, "en"), "1 minute ago");
  assert.equal(relative("2026-11-28T11:59:40Z", NOW, "en"), "this minute");
  assert.equal(relative("2026-11-28T15:30:00Z", NOW, "en"), "in 3 hours");
  assert.equal(relative("2026-11-26T11:00:00Z", NOW, "de"), "vorgestern");
});

test("durations have at most two units and are never negative", () => {
  assert.equal(duration("2026-11-28T12:00:00Z", "2026-11-28T12:00:41Z"), "41 s");
  assert.equal(duration("2026-11-28T12:00:00Z", "2026-11-28T14:00:00Z"), "2 h");
  assert.equal(duration("2026-11-28T12:00:00Z", "2026-11-30T15:10:00Z"), "2 d 3 h");
  assert.equal(duration("2026-11-28T12:00:00Z", "2026-11-28T11:00:00Z"), "0 s");
});

test("readings are rounded and have their unit", () => {
  assert.equal(reading(96.44, "%", 0, "en"), "96 %");
  assert.equal(reading(96.44, "%", null, "de"), "96,4 %");
  assert.equal(reading(true, null, null, "en"), "true");
  assert.equal(reading(null, "%", null, "en"), "");
});

test("the values of the parts of the app have their unit", () => {
  assert.equal(amount("disk", 3 * 1024 ** 3, "en"), "3 GB");
  assert.equal(amount("database", 1_572_864, "de"), "1,5 MB");
  assert.equal(amount("event_loop", 0.25, "en"), "250 ms");
  assert.equal(amount("queues", 90, "en"), "1.5 min");
  assert.equal(amount("backups", 7_200, "en"), "2 hr");
  assert.equal(amount("models", 3, "en"), "3");
});
