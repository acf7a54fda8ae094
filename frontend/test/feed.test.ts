import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApprovalRequest } from "../src/contract.ts";
import { after, type FeedState } from "../src/feed.ts";

const request = (id: string) => ({ id, status: "pending" }) as ApprovalRequest;

const state: FeedState = {
  loaded: true,
  connected: true,
  entries: [],
  entry_id: "e",
  viewer: null,
  rows: { approval: { a: request("a") }, person: {} },
};

test("nothing is shown before the first state", () => {
  assert.equal(after(undefined, { kind: "connection", connected: true }), undefined);
  assert.equal(after(undefined, { kind: "row", row_kind: "approval", id: "a", row: request("a") }), undefined);
});

test("a row replaces the one before and leaves the others", () => {
  const changed = { ...request("a"), status: "approved" } as ApprovalRequest;
  const next = after(after(state, { kind: "row", row_kind: "approval", id: "b", row: request("b") }), {
    kind: "row",
    row_kind: "approval",
    id: "a",
    row: changed,
  });
  assert.deepEqual(next?.rows.approval, { a: changed, b: request("b") });
  assert.equal(state.rows.approval?.["a"]?.status, "pending");
});

test("a row that is gone is removed", () => {
  assert.deepEqual(after(state, { kind: "row", row_kind: "approval", id: "a", row: null })?.rows.approval, {});
});

test("a lost connection keeps the rows, a new state replaces them", () => {
  const away = after(state, { kind: "connection", connected: false });
  assert.equal(away?.connected, false);
  assert.deepEqual(away?.rows, state.rows);
  assert.deepEqual(after(away, { kind: "state", ...state, rows: {} })?.rows, {});
});
