/** A dashboard that is made of the steward's cards: what waits, and the services by category. */

import type { FeedMessage, FeedState } from "../feed.ts";
import type { Hass } from "../hass.ts";
import { loadTexts, translator } from "../texts.ts";
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

/** Return the names of categories in the person's language; without an answer they are English. */
async function namesIn(hass: Hass): Promise<Record<string, string>> {
  try {
    const message = { type: "homelab_steward/names", language: hass.language };
    return (await hass.connection.sendMessagePromise<{ names: Record<string, string> }>(message)).names;
  } catch {
    return {};
  }
}

class StewardDashboardStrategy extends HTMLElement {
  static async generate(_config: object, hass: Hass): Promise<object> {
    const [{ rows }] = await Promise.all([firstState(hass), loadTexts(hass.language)]);
    const t = translator(hass.language);
    const catalogue = Object.values(rows.catalogue ?? {})[0];
    const names = await namesIn(hass);
    const categories = catalogue?.categories.map((one) => ({ ...one, name: names[one.name] ?? one.name }));
    return dashboard(
      Object.values(rows.instance ?? {}),
      catalogue && categories ? { ...catalogue, categories } : catalogue,
      t("title"),
      t("nav.inbox"),
    );
  }
}

customElements.define("ll-strategy-dashboard-homelab-steward", StewardDashboardStrategy);
