// Creates and updates elements, without a framework and without HTML in strings.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

// Keeps one element per key, so that elements are updated instead of replaced.
export function keyed(container, items, key, make, update = () => {}) {
  const before = new Map([...container.children].map((child) => [child.dataset.key, child]));
  const after = items.map((item) => {
    const name = String(key(item));
    const element = before.get(name) ?? make(item);
    element.dataset.key = name;
    update(element, item);
    return element;
  });
  const keep = new Set(after);
  for (const child of before.values()) if (!keep.has(child)) child.remove();
  after.forEach((element, index) => {
    if (container.children[index] !== element) container.insertBefore(element, container.children[index] ?? null);
  });
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function toast(text, kind = "info") {
  const element = h("div", { class: `toast ${kind}` }, text);
  byId("toasts").append(element);
  setTimeout(() => element.classList.add("leaving"), 4200);
  setTimeout(() => element.remove(), 4600);
}

export async function command(name, body = {}) {
  const response = await fetch(`/api/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `The lab answered ${response.status}.`);
  return answer;
}

// Runs a command and shows an error as a toast.
export async function runCommand(name, body) {
  try {
    return await command(name, body);
  } catch (error) {
    toast(error.message, "error");
    return null;
  }
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
export const atTime = (wall) => clock.format(new Date(wall * 1000));
export const atSecond = (wall) => clockSeconds.format(new Date(wall * 1000));
export const onDay = (wall) => day.format(new Date(wall * 1000));
export const gibibytes = (bytes) => (bytes / 2 ** 30).toFixed(2);
