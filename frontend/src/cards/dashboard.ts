/** The configuration of a dashboard that is made of the steward's cards. */

import type { Catalogue, Instance } from "../contract.ts";
import { byCategory } from "../topology.ts";

/** Return the dashboard for these services. */
export function dashboard(
  instances: readonly Instance[],
  catalogue: Catalogue | undefined,
  title: string,
  inbox: string,
): object {
  const heading = (text: string, icon: string) => ({ type: "heading", heading: text, ...(icon ? { icon } : {}) });
  const sections = byCategory(instances, catalogue).map((group) => ({
    type: "grid",
    cards: [
      heading(group.name, group.icon),
      ...group.instances.map((one) => ({ type: "custom:homelab-steward-service-card", instance: one.id })),
    ],
  }));
  const first = {
    type: "grid",
    cards: [heading(inbox, "mdi:inbox"), { type: "custom:homelab-steward-inbox-card", title: "" }],
  };
  return { title, views: [{ title, path: "homelab", type: "sections", sections: [first, ...sections] }] };
}
