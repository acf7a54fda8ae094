/** The texts of the panel, from `panel` in translations/. */

import texts from "virtual:texts";
import { find, translate } from "./plain_texts.ts";

export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** Return a function that returns texts in a language. */
export function translator(language: string): Translate {
  return (key, values) => translate(texts, language, key, values);
}

/** Return whether there is a text for a key. */
export function hasText(key: string): boolean {
  return find(texts["en"], key) !== undefined;
}
