/** Looks texts up by language. */

export type Texts = Record<string, unknown>;

const ENGLISH = "en";

/** Return the text of a key such as `inbox.title`, with the values filled in.
 *
 * A text with plural forms is an object by plural category; `count` selects the form.
 */
export function translate(
  all: Record<string, Texts>,
  language: string,
  key: string,
  values: Record<string, string | number> = {},
): string {
  const own = find(all[language] ?? all[language.split("-")[0] ?? ""], key);
  const [found, spoken] = own === undefined ? [find(all[ENGLISH], key), ENGLISH] : [own, language];
  return fill(form(found, spoken, values["count"]) ?? key, values);
}

/** Return the text of a key, without a language to fall back to. */
export function find(language: Texts | undefined, key: string): unknown {
  return key.split(".").reduce<unknown>((node, part) => (node as Texts | undefined)?.[part], language);
}

function form(found: unknown, language: string, count: string | number | undefined): string | undefined {
  if (typeof found === "string") return found;
  if (typeof found !== "object" || found === null) return undefined;
  const forms = found as Record<string, string>;
  const category = new Intl.PluralRules(language).select(Number(count ?? 0));
  return forms[category] ?? forms["other"];
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
