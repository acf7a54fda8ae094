/** A dashboard that is made of the steward's cards: what waits, and the services by category. */

import type { FeedMessage, FeedState } from "../feed.ts";
import type { Hass } from "../hass.ts";
import { translator } from "../texts.ts";
import { dashboard } from "./dashboard.ts";

/** Return the first state that the integration sends. */
async function firstState(hass: Hass): Promise<FeedState> {
  let stop: (() => Promise<void>) | undefined;
  try {
    return await new Promise<FeedState>((resolve, reject) => {
      hass.connection
        .subscribeMessage<FeedMessage>(
          (message) => {
            if (message.kind === "state") resolve(message);
          },
          { type: "homelab_steward/subscribe", kinds: ["instance", "catalogue"] },
        )
        .then((unsubscribe) => (stop = unsubscribe), reject);
    });
  } finally {
    // The first state may arrive before the answer to the subscription.
    await Promise.resolve();
    await stop?.();
  }
}

class StewardDashboardStrategy extends HTMLElement {
  static async generate(_config: object, hass: Hass): Promise<object> {
    const t = translator(hass.language);
    const { rows } = await firstState(hass);
    return dashboard(
      Object.values(rows.instance ?? {}),
      Object.values(rows.catalogue ?? {})[0],
      t("title"),
      t("nav.inbox"),
    );
  }
}

customElements.define("ll-strategy-dashboard-homelab-steward", StewardDashboardStrategy);
