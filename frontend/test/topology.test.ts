import assert from "node:assert/strict";
import { test } from "node:test";
import { dashboard } from "../src/cards/dashboard.ts";
import type { Catalogue, Incident, Instance, Resource, Snapshot } from "../src/contract.ts";
import { byCategory, healthOf, hostTree, incidentsOf, worst, type Node } from "../src/topology.ts";

const instance = (id: string, changes: Partial<Instance> = {}) =>
  ({ id, service: id, name: id, status: "ok", expected_off: null, ...changes }) as Instance;

const incident = (instance_id: string, changes: Partial<Incident> = {}) =>
  ({
    id: "i",
    number: 1,
    severity: "warning",
    status: "open",
    is_request: false,
    target: { instance_id, kind: "instance", id: instance_id, name: instance_id },
    ...changes,
  }) as Incident;

const guest = (id: string, name: string, changes: Partial<Resource> = {}) =>
  ({ kind: "guest", id, name, values: {}, unknown: {}, parent: { kind: "node", id: "n" }, expected_off: null, ...changes }) as Resource;

const CATALOGUE = {
  categories: [
    { key: "servers", name: "Servers", icon: "mdi:server" },
    { key: "media", name: "Media", icon: "" },
  ],
  services: [
    {
      key: "pve",
      name: "Proxmox VE",
      category: "servers",
      resources: [
        { kind: "node", role: "host" },
        { kind: "guest", role: "host" },
        { kind: "pool", role: "storage" },
      ],
    },
    { key: "radarr", name: "Radarr", category: "media", resources: [] },
  ],
} as unknown as Catalogue;

const snapshot = (...resources: Resource[]) => ({ instance_id: "pve", resources }) as Snapshot;
const NODE = { ...guest("n", "node"), kind: "node", parent: null } as Resource;
const names = (node: Node): unknown => [node.name, node.children.map(names)];

test("what is meant to be off is no problem, what does not answer is one", () => {
  assert.equal(healthOf(instance("a"), []), "good");
  assert.equal(healthOf(instance("a", { status: "pending" }), []), "unknown");
  assert.equal(healthOf(instance("a", { status: "unauthorized" }), []), "away");
  assert.equal(healthOf(instance("a", { status: "unreachable", expected_off: "said so" }), []), "off");
});

test("open incidents count, closed ones and requests of people do not", () => {
  assert.equal(healthOf(instance("a"), [incident("a")]), "problem");
  assert.equal(healthOf(instance("a"), [incident("a", { severity: "critical" })]), "critical");
  assert.equal(healthOf(instance("a"), [incident("a", { status: "resolved" }), incident("b")]), "good");
  assert.equal(healthOf(instance("a"), [incident("a", { is_request: true })]), "good");
  const both = [incident("a", { id: "w" }), incident("a", { id: "c", severity: "critical" })];
  assert.deepEqual(incidentsOf("a", both).map((one) => one.id), ["c", "w"]);
});

test("the worst of some states", () => {
  assert.equal(worst(["good", "off", "problem"]), "problem");
  assert.equal(worst(["good", "away", "critical"]), "critical");
  assert.equal(worst([]), "good");
});

test("services are grouped in the order of the catalogue, unknown ones are not lost", () => {
  const groups = byCategory([instance("radarr"), instance("other"), instance("pve")], CATALOGUE);
  assert.deepEqual(groups.map((one) => [one.key, one.instances.map((found) => found.id)]), [
    ["servers", ["pve"]],
    ["media", ["radarr"]],
    ["", ["other"]],
  ]);
});

test("the tree has hosts, guests, and the application of the same name", () => {
  const resources = [NODE, guest("1", "Radarr"), guest("2", "other"), { ...guest("t", "tank"), kind: "pool" }];
  const tree = hostTree([instance("pve"), instance("radarr")], [snapshot(...resources)], CATALOGUE, []);
  assert.deepEqual(tree.map(names), [["pve", [["node", [["Radarr", [["Radarr", []]]], ["other", []]]]]]]);
});

test("a name that two guests have places no application", () => {
  const resources = [NODE, guest("1", "radarr"), guest("2", "radarr")];
  const tree = hostTree([instance("pve"), instance("radarr")], [snapshot(...resources)], CATALOGUE, []);
  assert.deepEqual(tree.map(names), [["pve", [["node", [["radarr", []], ["radarr", []]]]]]]);
});

test("a parent that is not listed, or that is the guest itself, loses nothing", () => {
  const lost = guest("1", "lost", { parent: { kind: "node", id: "gone" } });
  const own = guest("2", "own", { parent: { kind: "guest", id: "2" } });
  const tree = hostTree([instance("pve")], [snapshot(lost, own)], CATALOGUE, []);
  assert.deepEqual(tree.map(names), [["pve", [["lost", []], ["own", []]]]]);
});

test("the dashboard has the inbox first and one card for each service", () => {
  const made = JSON.stringify(dashboard([instance("pve"), instance("radarr")], CATALOGUE, "Homelab", "Inbox"));
  const cards = [...made.matchAll(/"type":"(custom:[\w-]+)"(?:,"instance":"(\w+)")?/g)].map((one) => [one[1], one[2]]);
  assert.deepEqual(cards, [
    ["custom:homelab-steward-inbox-card", undefined],
    ["custom:homelab-steward-service-card", "pve"],
    ["custom:homelab-steward-service-card", "radarr"],
  ]);
  assert.ok(!made.includes('"icon":""'));
});
