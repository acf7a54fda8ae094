/** Cards and a dashboard for Home Assistant, which loads this file on every page. */

import { loadTexts, translator } from "./texts.ts";
import "./cards/inbox_card.ts";
import "./cards/service_card.ts";
import "./cards/strategy.ts";

interface Registry {
  customCards?: object[];
  customStrategies?: object[];
}

const DOCUMENTATION = "https://github.com/homelab-steward/homelab-steward/blob/main/docs/panel.md";
const registry = window as unknown as Registry;
// The dialogs show these texts before any card is made, so there is no `hass` to ask for the language.
const language = document.documentElement.lang || navigator.language;

void loadTexts(language).then(() => {
  const t = translator(language);
  registry.customCards = [
    ...(registry.customCards ?? []),
    ...["inbox", "service"].map((key) => ({
      type: `homelab-steward-${key}-card`,
      name: t(`card.${key}`),
      description: t(`card.${key}_text`),
      preview: true,
      documentationURL: DOCUMENTATION,
    })),
  ];
  registry.customStrategies = [
    ...(registry.customStrategies ?? []),
    {
      type: "homelab-steward",
      strategyType: "dashboard",
      name: t("title"),
      description: t("card.dashboard_text"),
      documentationURL: DOCUMENTATION,
    },
  ];
});
