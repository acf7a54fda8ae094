/** The texts of the panel, from `panel` in translations/. English is there at once, other languages are loaded. */

import { english, others } from "virtual:texts";
import { find, translate, type Texts } from "./plain_texts.ts";

export type Translate = (key: string, values?: Record<string, string | number>) => string;

const loaded: Record<string, Texts> = { en: english };
const loading = new Map<string, Promise<void>>();

/** Return the key of the texts for a language: "de" for "de-CH", "en" for a language without texts. */
function textsFor(language: string): string {
  const base = language.split("-")[0] ?? "";
  return [language, base].find((one) => one in others) ?? "en";
}

/** Return whether the texts of a language are there. */
export function hasTexts(language: string): boolean {
  return textsFor(language) in loaded;
}

/** Load the texts of a language; without an answer they are English. */
export function loadTexts(language: string): Promise<void> {
  const key = textsFor(language);
  const load = others[key];
  if (!load || key in loaded) return Promise.resolve();
  const begun = loading.get(key);
  if (begun) return begun;
  const work = load().then(
    (module) => void (loaded[key] = module.default),
    () => void (loaded[key] = english),
  );
  loading.set(key, work);
  return work;
}

/** Return a function that returns texts in a language. */
export function translator(language: string): Translate {
  return (key, values) => translate(loaded, language, key, values);
}

/** Return whether there is a text for a key. */
export function hasText(key: string): boolean {
  return find(english, key) !== undefined;
}
