/** What runs on what, and how well: pure functions over instances, snapshots and incidents. */

import type { Catalogue, Incident, Instance, Resource, Severity, ServiceOffer, Snapshot } from "./contract.ts";
import type { Tone } from "./look.ts";

export type Health = "good" | "problem" | "critical" | "away" | "off" | "unknown";

export const TONES: Record<Health, Tone> = {
  good: "good",
  problem: "warning",
  critical: "bad",
  away: "bad",
  off: "neutral",
  unknown: "neutral",
};

const CLOSED = new Set(["resolved", "ignored"]);
const WORST: readonly Health[] = ["critical", "away", "problem", "unknown", "off", "good"];

/** Return the open incidents about an instance or what is inside it, the worst first. */
export function incidentsOf(instanceId: string, incidents: readonly Incident[]): Incident[] {
  const order: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };
  return incidents
    .filter((one) => one.target?.instance_id === instanceId && !CLOSED.has(one.status) && !one.is_request)
    .sort((a, b) => order[a.severity] - order[b.severity] || b.number - a.number);
}

/** Return how well an instance is. What is meant to be off is not a problem. */
export function healthOf(instance: Instance, incidents: readonly Incident[]): Health {
  if (instance.expected_off !== null) return "off";
  const open = incidentsOf(instance.id, incidents);
  if (open.some((one) => one.severity === "critical")) return "critical";
  if (instance.status === "pending") return "unknown";
  if (instance.status !== "ok") return "away";
  return open.some((one) => one.severity === "warning") ? "problem" : "good";
}

/** Return how well one thing inside an instance is. */
export function resourceHealth(instanceId: string, resource: Resource, incidents: readonly Incident[]): Health {
  if (resource.expected_off !== null) return "off";
  const own = incidentsOf(instanceId, incidents).filter(
    (one) => one.target?.kind === resource.kind && one.target.id === resource.id,
  );
  if (own.some((one) => one.severity === "critical")) return "critical";
  if (own.some((one) => one.severity === "warning")) return "problem";
  if (resource.values["running"] === false) return "off";
  return "good";
}

/** Return the worst of some states. */
export function worst(all: readonly Health[]): Health {
  return WORST.find((one) => all.includes(one)) ?? "good";
}

export interface Group {
  key: string;
  name: string;
  icon: string;
  instances: Instance[];
}

/** Return the instances by category, in the order of the catalogue; empty categories are left out. */
export function byCategory(instances: readonly Instance[], catalogue: Catalogue | undefined): Group[] {
  const categoryOf = (one: Instance) => offerOf(one, catalogue)?.category ?? "";
  const known = (catalogue?.categories ?? []).map((one) => ({ ...one }));
  const keys = new Set(known.map((one) => one.key));
  for (const one of instances) {
    const key = categoryOf(one);
    if (!keys.has(key)) {
      keys.add(key);
      known.push({ key, name: key, icon: "" });
    }
  }
  return known
    .map((category) => ({
      ...category,
      instances: instances
        .filter((one) => categoryOf(one) === category.key)
        .sort((a, b) => a.name.localeCompare(b.name)),
    }))
    .filter((one) => one.instances.length > 0);
}

export function offerOf(instance: Instance, catalogue: Catalogue | undefined): ServiceOffer | undefined {
  return catalogue?.services.find((one) => one.key === instance.service);
}

export interface Node {
  id: string;
  name: string;
  kind: string;
  instanceId: string;
  health: Health;
  children: Node[];
}

/** Return the tree of hosts: each instance that has hosts, what is inside, and the applications that run there.
 *
 * An application belongs to a guest only if exactly one guest has its name.
 */
export function hostTree(
  instances: readonly Instance[],
  snapshots: readonly Snapshot[],
  catalogue: Catalogue | undefined,
  incidents: readonly Incident[],
): Node[] {
  const roots: Node[] = [];
  const guests = new Map<string, Node[]>();
  for (const instance of instances) {
    const kinds = new Set(
      (offerOf(instance, catalogue)?.resources ?? []).filter((one) => one.role === "host" || one.role === "application").map((one) => one.kind),
    );
    const resources = snapshots.find((one) => one.instance_id === instance.id)?.resources ?? [];
    const own = resources.filter((one) => kinds.has(one.kind));
    if (!own.length) continue;
    const nodes = new Map(own.map((one) => [`${one.kind}/${one.id}`, nodeOf(instance.id, one, incidents)]));
    const root: Node = {
      id: instance.id,
      name: instance.name,
      kind: "instance",
      instanceId: instance.id,
      health: healthOf(instance, incidents),
      children: [],
    };
    for (const one of own) {
      const node = nodes.get(`${one.kind}/${one.id}`);
      const parent = one.parent ? nodes.get(`${one.parent.kind}/${one.parent.id}`) : undefined;
      if (!node) continue;
      (parent && parent !== node ? parent : root).children.push(node);
      const name = one.name.toLowerCase();
      guests.set(name, [...(guests.get(name) ?? []), node]);
    }
    roots.push(root);
  }
  const hosts = new Set(roots.map((one) => one.id));
  for (const instance of instances) {
    const [guest, ...others] = guests.get(instance.name.toLowerCase()) ?? [];
    if (!guest || others.length || hosts.has(instance.id)) continue;
    guest.children.push({
      id: instance.id,
      name: offerOf(instance, catalogue)?.name ?? instance.name,
      kind: "application",
      instanceId: instance.id,
      health: healthOf(instance, incidents),
      children: [],
    });
  }
  return roots;
}

function nodeOf(instanceId: string, one: Resource, incidents: readonly Incident[]): Node {
  return {
    id: `${instanceId}/${one.kind}/${one.id}`,
    name: one.name,
    kind: one.kind,
    instanceId,
    health: resourceHealth(instanceId, one, incidents),
    children: [],
  };
}
