// The phone: a lock screen with notifications and their buttons.

import { atTime, byId, h, keyed, onDay, runCommand, setText } from "./dom.js";

let parts;

export function startPhone() {
  parts = {
    time: h("div", { class: "phone-time" }),
    day: h("div", { class: "phone-day" }),
    list: h("div", { class: "phone-list" }),
    empty: h("p", { class: "phone-empty" }, "No notifications"),
    name: h("figcaption"),
  };
  byId("phone").append(
    h("figure", { class: "phone" },
      h("div", { class: "phone-screen" },
        h("div", { class: "phone-island" }),
        parts.day,
        parts.time,
        parts.list,
        parts.empty,
        h("div", { class: "phone-home" })),
      parts.name));
}

export function showPhone(phone) {
  setText(parts.time, atTime(phone.time));
  setText(parts.day, onDay(phone.time));
  const state = phone.is_registered ? "registered with Home Assistant" : "not registered with Home Assistant";
  setText(parts.name, `${phone.name} · ${phone.platform} · ${state}`);
  parts.empty.hidden = phone.notifications.length > 0;
  keyed(parts.list, phone.notifications, (row) => `${row.tag ?? ""}#${row.number}`, card);
}

function card(row) {
  return h("article", { class: "note" },
    h("header", {},
      h("span", { class: "note-icon", "aria-hidden": "true" }, "⌂"),
      h("span", { class: "note-app" }, "Home Assistant"),
      h("time", {}, atTime(row.at)),
      h("button", {
        type: "button", class: "note-close", "aria-label": "Dismiss",
        onclick: () => runCommand("dismiss", { number: row.number }),
      }, "×")),
    row.title ? h("h3", {}, row.title) : null,
    h("p", {}, row.message),
    row.revision > 1 ? h("p", { class: "note-revision" }, `changed ${row.revision - 1}×`) : null,
    row.actions.length
      ? h("div", { class: "note-actions" }, row.actions.map((action) => h("button", {
        type: "button", class: action.is_destructive ? "destructive" : null,
        onclick: () => runCommand("press-phone", { number: row.number, action: action.key }),
      }, action.title)))
      : null);
}
