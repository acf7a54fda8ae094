// One websocket: a snapshot first, then whole sections as they change.

import { byId, runCommand, toast } from "./dom.js";
import { showEffects } from "./effects.js";
import { showForum, startForum } from "./forum.js";
import { startPayload } from "./payload.js";
import { showPhone, startPhone } from "./phone.js";
import { showServices, startServices } from "./services.js";
import { showWorld } from "./world.js";

const show = {
  phone: showPhone,
  telegram: showForum,
  services: showServices,
  world: (value) => {
    showWorld(value);
    isConnected = value.is_connected;
    showState();
  },
  effects: showEffects,
};

let isOpen = false;
let isConnected = false;
let wait = 500;

function showState() {
  const steward = isConnected ? "a steward is connected" : "no steward is connected";
  byId("state").textContent = isOpen ? steward : "the lab is unavailable, reconnecting…";
  document.body.classList.toggle("is-away", !isOpen);
}

function connect() {
  const socket = new WebSocket(`ws://${location.host}/ws`);
  socket.addEventListener("open", () => {
    isOpen = true;
    wait = 500;
    showState();
  });
  socket.addEventListener("message", (message) => {
    const event = JSON.parse(message.data);
    if (event.type === "snapshot") for (const [name, value] of Object.entries(event.sections)) show[name]?.(value);
    else show[event.name]?.(event.value);
  });
  socket.addEventListener("close", () => {
    isOpen = false;
    showState();
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 8000);
  });
}

function startTheme() {
  const root = document.documentElement;
  const stored = localStorage.getItem("theme");
  if (stored) root.dataset.theme = stored;
  byId("theme").addEventListener("click", () => {
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
}

byId("start-story").addEventListener("click", async () => {
  if (await runCommand("start-story")) toast("Radarr's memory is rising.");
});
byId("calm-down").addEventListener("click", async () => {
  if (await runCommand("calm-down")) toast("Radarr's memory is falling.");
});
byId("open-pull-request").addEventListener("click", async () => {
  if (await runCommand("open-pull-request")) toast("Renovate opened #47: Sonarr 4.0.1 → 4.0.2.");
});
byId("run-paperless").addEventListener("click", async () => {
  if (await runCommand("run-paperless")) toast("Paperless 2.13.1 runs. Version 2.13.2 damages its data.");
});
startTheme();
startPhone();
startForum();
startServices();
startPayload();
connect();
