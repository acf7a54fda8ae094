// Services and the faults that can be switched on for each.

import { byId, h, keyed, tell } from "./dom.js";

const WORDS = {
  slow: "slow", status: "error 500", html: "web page", garbage: "broken JSON", refused: "refused", reset: "cut off",
  auth_lost: "auth lost", answer_lost: "answer lost", hang: "hangs",
};
const MEANING = {
  slow: "Answers properly, three seconds late", status: "Answers with an error 500", html: "Answers 200 with an HTML page",
  garbage: "Answers 200 with JSON that breaks off", refused: "Nobody listens on the port",
  reset: "The connection is cut before anything is done", auth_lost: "The credentials are no longer valid",
  answer_lost: "The request is carried out, then the connection is cut", hang: "The connection stays open and nothing comes",
};
let faults = new Map();

export function startServices() {
  byId("clear-faults").addEventListener("click", () => tell("clear-faults"));
}

export function showServices(services) {
  faults = new Map(services.rows.map((row) => [row.service, row.faults]));
  keyed(byId("service-rows"), services.rows, (row) => row.service, (row) =>
    h("div", { class: "service" },
      h("div", { class: "service-name" }, h("b", {}, row.name), h("code", {}, row.url)),
      h("div", { class: "switches" }, services.kinds.map((kind) => h("button", {
        type: "button", class: "switch", "data-kind": kind, title: MEANING[kind], onclick: () => toggle(row.service, kind),
      }, WORDS[kind] ?? kind)))),
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
  if (found) return tell("disarm", { number: found.number });
  const times = kind === "refused" ? "" : byId("times").value;
  return tell("arm", { service, kind, times: times ? Number(times) : null });
}
