// The Telegram forum: topics, messages with inline buttons, and who presses them.

import { atTime, byId, h, keyed, runCommand, setText, toast } from "./dom.js";

let parts;
let value = null;
let chosenTopic = null; // thread id; null is General
let hasChosen = false;
let presser = "owner";
let shownAnswers = null;

export function startForum() {
  parts = {
    title: h("h2", {}, "Homelab"),
    subtitle: h("p"),
    topics: h("nav", { class: "topics", "aria-label": "Topics" }),
    heading: h("h3"),
    messages: h("div", { class: "messages" }),
    empty: h("p", { class: "messages-empty" }, "No messages in this topic yet."),
    people: h("div", { class: "people-choice", role: "radiogroup", "aria-label": "Who you are" }),
    text: h("input", { type: "text", name: "text", placeholder: "Message", autocomplete: "off", "aria-label": "Message" }),
  };
  const composer = h("form", { class: "composer" }, parts.text,
    h("button", { type: "submit", "aria-label": "Send" }, "➤"));
  composer.addEventListener("submit", send);
  byId("forum").append(
    h("header", { class: "forum-head" },
      h("span", { class: "avatar", "aria-hidden": "true" }, "H"),
      h("div", {}, parts.title, parts.subtitle)),
    h("div", { class: "forum-body" }, parts.topics,
      h("div", { class: "chat" }, parts.heading, parts.messages, parts.empty,
        h("footer", { class: "chat-foot" }, h("div", { class: "people-row" }, h("span", {}, "You are"), parts.people), composer))));
}

export function showForum(next) {
  const before = value;
  value = next;
  showAnswers(next);
  if (!hasChosen && before) followNewMessage(before, next);
  setText(parts.title, next.title);
  setText(parts.subtitle, `${Object.keys(next.users).length - 1} members, ${next.has_bot ? "the bot is connected" : "the bot is not connected"}`);
  showPeople();
  showTopics();
  showMessages();
}

function showAnswers(next) {
  const known = shownAnswers;
  shownAnswers = new Set(next.answers.map((answer) => answer.query_id));
  if (known === null) return;
  for (const answer of next.answers) {
    if (!known.has(answer.query_id) && answer.text) toast(`${answer.user}: ${answer.text}`, answer.is_alert ? "error" : "info");
  }
}

// Until a person selects a topic, the page shows the topic of the latest message.
function followNewMessage(before, next) {
  const known = new Set(before.messages.map((message) => message.message_id));
  const added = next.messages.filter((message) => !known.has(message.message_id) && message.keyboard?.length);
  if (added.length) chosenTopic = added.at(-1).thread_id;
}

function showPeople() {
  keyed(parts.people, Object.entries(value.users), ([role]) => role,
    ([role, user]) => h("button", {
      type: "button", role: "radio", onclick: () => { presser = role; showPeople(); },
    }, h("b", {}, user.name), h("small", {}, role)),
    (element, [role]) => element.setAttribute("aria-checked", String(role === presser)));
}

function showTopics() {
  keyed(parts.topics, value.topics, (topic) => topic.thread_id ?? "general",
    (topic) => h("button", {
      type: "button",
      onclick: () => { chosenTopic = topic.thread_id; hasChosen = true; showTopics(); showMessages(); },
    },
    h("span", { class: "topic-icon" }), h("span", { class: "topic-name" }),
    h("span", { class: "topic-last" }), h("span", { class: "topic-count" })),
    (element, topic) => {
      const [icon, name, last, count] = element.children;
      setText(icon, topic.icon ?? (topic.thread_id === null ? "#" : [...topic.name][0] ?? ""));
      icon.style.setProperty("--topic", topic.color);
      icon.classList.toggle("has-emoji", Boolean(topic.icon));
      setText(name, topic.is_closed ? `${topic.name} 🔒` : topic.name);
      setText(last, topic.last || "—");
      setText(count, topic.count ? String(topic.count) : "");
      element.setAttribute("aria-current", String(topic.thread_id === chosenTopic));
    });
}

function showMessages() {
  const topic = value.topics.find((row) => row.thread_id === chosenTopic) ?? value.topics[0];
  const rows = value.messages.filter((message) => message.thread_id === topic.thread_id);
  const isAtEnd = parts.messages.scrollHeight - parts.messages.scrollTop - parts.messages.clientHeight < 80;
  setText(parts.heading, topic.name);
  parts.empty.hidden = rows.length > 0;
  keyed(parts.messages, rows, (row) => `${row.message_id}.${row.edits}.${row.is_pinned}`, bubble);
  if (isAtEnd) parts.messages.scrollTop = parts.messages.scrollHeight;
}

function bubble(row) {
  const keyboard = (row.keyboard ?? []).map((buttons) => h("div", { class: "keys" }, buttons.map((button) =>
    button.url
      ? h("a", { class: "key", href: button.url, target: "_blank", rel: "noreferrer" }, `${button.text} ↗`)
      : h("button", {
        type: "button", class: "key",
        onclick: () => runCommand("press-button", { message_id: row.message_id, data: button.callback_data, user: presser }),
      }, button.text))));
  return h("div", { class: `message ${row.is_bot ? "from-bot" : "from-person"}` },
    h("div", { class: "bubble" },
      h("div", { class: "sender" }, row.sender, row.is_pinned ? " 📌" : ""),
      h("div", { class: "text" }, ...formatted(row.text, row.entities)),
      h("div", { class: "stamp" }, row.edits ? "edited " : "", atTime(row.date))),
    ...keyboard);
}

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "mark",
};

// Offsets are UTF-16 units, as strings are in JavaScript.
function formatted(text, entities, start = 0, end = text.length) {
  const inside = entities.filter((entity) => entity.offset >= start && entity.offset + entity.length <= end);
  const nodes = [];
  let position = start;
  for (const entity of inside) {
    if (entity.offset < position) continue;
    if (entity.offset > position) nodes.push(text.slice(position, entity.offset));
    const stop = entity.offset + entity.length;
    const deeper = inside.filter((other) => other !== entity && other.offset >= entity.offset && other.offset + other.length <= stop);
    nodes.push(wrapped(entity, formatted(text, deeper, entity.offset, stop)));
    position = stop;
  }
  if (position < end) nodes.push(text.slice(position, end));
  return nodes;
}

function wrapped(entity, children) {
  if (entity.type === "text_link") {
    return h("a", { href: /^https?:/.test(entity.url) ? entity.url : null, target: "_blank", rel: "noreferrer" }, ...children);
  }
  return h(TAGS[entity.type] ?? "span", {}, ...children);
}

async function send(event) {
  event.preventDefault();
  const topic = value.topics.find((row) => row.thread_id === chosenTopic);
  if (await runCommand("send-text", { user: presser, text: parts.text.value, topic: topic?.name ?? null })) parts.text.value = "";
}
