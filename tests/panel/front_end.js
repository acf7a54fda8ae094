/** The part of Home Assistant's front end that the panel uses, with answers from the server of the test. */

const scene = await (await fetch("/scene.json")).json();
const listeners = [];

const post = async (path, body) => {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  const answer = await response.json();
  if (answer.refusal) throw answer.refusal;
  return answer.result;
};

const connection = {
  async subscribeMessage(callback, message) {
    const kinds = new Set(message.kinds);
    subscriptions.push(message);
    // Home Assistant sends the state first and later events in their order.
    let early = [];
    listeners.push((event) => {
      if (event.kind === "row" && !kinds.has(event.row_kind)) return;
      if (early) early.push(event);
      else callback(event);
    });
    if (scene.isSilent) return new Promise(() => {});
    const all = await (await fetch("/rows.json")).json();
    const rows = Object.fromEntries(Object.entries(all).filter(([kind]) => kinds.has(kind)));
    callback({ ...scene.state, rows });
    const waiting = early;
    early = null;
    waiting.forEach(callback);
    return async () => {};
  },
  sendMessagePromise: (message) => post("/command", message),
};

window.push = (event) => listeners.forEach((one) => one(event));
window.subscriptions = [];

customElements.define("ha-icon", class extends HTMLElement {});

const hass = {
  connection,
  language: scene.language,
  locale: { language: scene.language },
  states: {},
};

const show = (element, path) => {
  const narrow = innerWidth < 870;
  Object.assign(element, { hass, narrow, route: { prefix: "/homelab-steward", path: path.replace(/^\/homelab-steward/, "") } });
};

window.beganAt = performance.now();
await import(scene.script);
const element = document.createElement(scene.element);
if (scene.config) {
  element.setConfig(scene.config);
  element.hass = hass;
} else {
  show(element, location.pathname);
  window.addEventListener("location-changed", () => show(element, location.pathname));
  window.addEventListener("popstate", () => show(element, location.pathname));
}
if (scene.config) {
  // The dashboard around the card.
  document.body.innerHTML = "<main><h1>Dashboard</h1></main>";
  document.querySelector("main").append(element);
} else document.body.append(element);
window.panel = element;
