// Nodes and guests with their memory, and the active alerts.

import { byId, gibibytes, h, keyed, runCommand, setText } from "./dom.js";

const KEPT = 80;
const history = new Map();
const SVG = "http://www.w3.org/2000/svg";

export function showWorld(world) {
  keyed(byId("alerts"), world.alerts, (alert) => `${alert.name} ${alert.about} ${alert.is_firing}`, (alert) =>
    h("div", { class: `alert ${alert.severity} ${alert.is_firing ? "firing" : "pending"}` },
      h("b", {}, alert.name), h("span", {}, alert.summary), h("small", {}, alert.is_firing ? "firing" : "pending")));
  keyed(byId("nodes"), world.nodes, (node) => node.name, makeNode, updateNode);
}

function makeNode() {
  return h("section", { class: "node" },
    h("header", {}, h("h3"), h("span", { class: "node-state" }), h("span", { class: "node-memory" })),
    h("div", { class: "guests" }));
}

function updateNode(element, node) {
  const [header, guests] = element.children;
  setText(header.children[0], node.name);
  setText(header.children[1], node.is_online ? "online" : "offline");
  header.children[1].classList.toggle("off", !node.is_online);
  setText(header.children[2], `${gibibytes(node.memory)} / ${gibibytes(node.memory_limit)} GiB`);
  keyed(guests, node.guests, (guest) => guest.vmid, makeGuest, updateGuest);
}

function makeGuest(guest) {
  const spark = document.createElementNS(SVG, "svg");
  spark.setAttribute("viewBox", "0 0 100 24");
  spark.setAttribute("preserveAspectRatio", "none");
  spark.setAttribute("aria-hidden", "true");
  spark.append(document.createElementNS(SVG, "polyline"));
  return h("div", { class: "guest" },
    h("div", { class: "guest-name" }, h("b", {}, guest.name), h("small", {}, `${guest.kind === "lxc" ? "CT" : "VM"} ${guest.vmid}`)),
    h("div", { class: "guest-state" }),
    spark,
    h("div", { class: "meter", role: "meter", "aria-label": `Memory of ${guest.name}`, "aria-valuemin": "0", "aria-valuemax": "100" }, h("i")),
    h("div", { class: "guest-figures" }),
    h("button", { type: "button", class: "quiet guest-power", onclick: () => power(guest.vmid) }));
}

const running = new Map();

function updateGuest(element, guest) {
  const [, state, spark, meter, figures, button] = element.children;
  const percent = Math.round(guest.share * 1000) / 10;
  running.set(guest.vmid, guest.is_running);
  setText(state, guest.lock ?? (guest.is_running ? "running" : "stopped"));
  state.className = `guest-state ${guest.lock ? "busy" : guest.is_running ? "on" : "off"}`;
  meter.firstChild.style.setProperty("width", `${Math.min(percent, 100)}%`);
  meter.className = `meter ${percent >= 90 ? "high" : percent >= 75 ? "raised" : ""}`;
  meter.setAttribute("aria-valuenow", String(percent));
  setText(figures, `${percent.toFixed(0)} % · ${gibibytes(guest.memory)} of ${gibibytes(guest.memory_limit)} GiB`);
  setText(button, guest.is_running ? "Stop" : "Start");
  draw(spark, guest);
}

function draw(spark, guest) {
  const points = history.get(guest.vmid) ?? [guest.share];
  points.push(guest.share);
  while (points.length > KEPT) points.shift();
  history.set(guest.vmid, points);
  const step = 100 / Math.max(points.length - 1, 1);
  spark.firstChild.setAttribute("points", points.map((share, index) => `${(index * step).toFixed(1)},${(23 - share * 22).toFixed(1)}`).join(" "));
}

const power = (vmid) => runCommand("power", { vmid, action: running.get(vmid) ? "stop" : "start" });
