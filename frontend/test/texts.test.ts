import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { translate, type Texts } from "../src/plain_texts.ts";

const ALL: Record<string, Texts> = {
  en: { inbox: { title: "Inbox", more: { one: "{count} more", other: "{count} others" } }, only: "English" },
  de: { inbox: { title: "Eingang" } },
};

test("the language of the person, then its base, then English", () => {
  assert.equal(translate(ALL, "de", "inbox.title"), "Eingang");
  assert.equal(translate(ALL, "de-CH", "inbox.title"), "Eingang");
  assert.equal(translate(ALL, "de", "only"), "English");
  assert.equal(translate(ALL, "nl", "only"), "English");
  assert.equal(translate(ALL, "en", "no.such.key"), "no.such.key");
});

test("plural forms and values", () => {
  assert.equal(translate(ALL, "en", "inbox.more", { count: 1 }), "1 more");
  assert.equal(translate(ALL, "en", "inbox.more", { count: 7 }), "7 others");
  assert.equal(translate({ en: { a: "{x} and {y}" } }, "en", "a", { x: "{y}" }), "{y} and {y}");
});

const STORE = new URL("../../../translations/", import.meta.url);
const panel = (name: string): Texts => JSON.parse(readFileSync(new URL(name, STORE), "utf8")).panel;

/** Yield the keys of all texts; plural forms count as one text. */
function* keys(node: Texts, prefix = ""): Generator<[string, string[]]> {
  for (const [key, value] of Object.entries(node)) {
    const isPlural = typeof value === "object" && value !== null && "other" in value;
    if (typeof value === "object" && !isPlural) yield* keys(value as Texts, `${prefix}${key}.`);
    else yield [`${prefix}${key}`, [...JSON.stringify(value).matchAll(/\{(\w+)\}/g)].map((one) => one[1] ?? "").sort()];
  }
}

const unique = (found: Generator<[string, string[]]>) =>
  Object.fromEntries([...found].map(([key, values]) => [key, [...new Set(values)]]));

for (const name of readdirSync(STORE)) {
  test(`${name} has every text with the values of the English one`, () => {
    if (!panel(name)) return;
    const english = unique(keys(panel("en.json")));
    const other = unique(keys(panel(name)));
    assert.deepEqual(Object.keys(other).sort(), Object.keys(english).sort());
    for (const [key, values] of Object.entries(other)) {
      const allowed = new Set(english[key]);
      assert.ok(values.every((one) => allowed.has(one)), key);
    }
  });
}

test("every text that the code names exists", () => {
  const english = new Set(Object.keys(unique(keys(panel("en.json")))));
  const sources = new URL("../../src/", import.meta.url);
  for (const file of readdirSync(sources, { recursive: true }) as string[]) {
    if (!file.endsWith(".ts")) continue;
    const code = readFileSync(new URL(file, sources), "utf8");
    for (const [, key = ""] of code.matchAll(/\bt\("([\w.]+)"/g)) assert.ok(english.has(key), `${file}: ${key}`);
    for (const [, key = ""] of code.matchAll(/\bt\(`([\w.]+)\.\$\{/g)) {
      assert.ok([...english].some((one) => one.startsWith(`${key}.`)), `${file}: ${key}`);
    }
  }
});
