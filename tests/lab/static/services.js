// Services and their faults.

import { byId, h, keyed, runCommand } from "./dom.js";

const LABELS = {
  slow: "slow", status: "error 500", html: "web page", garbage: "broken JSON", refused: "refused", reset: "cut off",
  auth_lost: "auth lost", answer_lost: "answer lost", hang: "no answer",
};
const DESCRIPTIONS = {
  slow: "Responds correctly, three seconds late", status: "Responds with an error 500", html: "Responds 200 with an HTML page",
  garbage: "Responds 200 with incomplete JSON", refused: "Connections are refused",
  reset: "The connection is reset before the request is handled", auth_lost: "The credentials are refused",
  answer_lost: "The request is handled, then the connection is reset", hang: "The connection stays open without a response",
};
let faults = new Map();

export function startServices() {
  byId("clear-faults").addEventListener("click", () => runCommand("clear-faults"));
}

export function showServices(services) {
  faults = new Map(services.rows.map((row) => [row.service, row.faults]));
  keyed(byId("service-rows"), services.rows, (row) => row.service, (row) =>
    h("div", { class: "service" },
      h("div", { class: "service-name" }, h("b", {}, row.name), h("code", {}, row.url)),
      h("div", { class: "switches" }, services.kinds.map((kind) => h("button", {
        type: "button", class: "switch", "data-kind": kind, title: DESCRIPTIONS[kind], onclick: () => toggle(row.service, kind),
      }, LABELS[kind] ?? kind)))),
  (element, row) => {
    element.classList.toggle("is-faulty", row.faults.length > 0);
    for (const button of element.querySelectorAll(".switch")) {
      const found = row.faults.find((fault) => fault.kind === button.dataset.kind);
      button.setAttribute("aria-pressed", String(Boolean(found)));
      button.dataset.left = found?.left ?? "";
    }
  });
}

function toggle(service, kind) {
  const found = faults.get(service).find((fault) => fault.kind === kind);
  if (found) return runCommand("disarm", { number: found.number });
  const times = kind === "refused" ? "" : byId("times").value;
  return runCommand("arm", { service, kind, times: times ? Number(times) : null });
}
