// The log of effective writes.

import { atSecond, byId, h, keyed, setText } from "./dom.js";

export function showEffects(effects) {
  setText(byId("effect-count"), String(effects.length));
  keyed(byId("effect-rows"), effects, (effect) => `${effect.at} ${effect.path}`, (effect) =>
    h("li", {},
      h("time", {}, atSecond(effect.at)),
      h("b", { class: "method" }, effect.method),
      h("span", { class: "effect-service" }, effect.service),
      h("code", {}, effect.path),
      Object.keys(effect.body).length ? h("code", { class: "effect-body" }, JSON.stringify(effect.body)) : null));
}
