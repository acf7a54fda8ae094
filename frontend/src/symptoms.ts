/** Reads and writes the list of symptoms in the file of a runbook. */

export const MOST_SYMPTOMS = 40;
export const LONGEST_SYMPTOM = 200;

/** The key of a text that says what is wrong with symptoms. */
export type SymptomMistake = "symptoms_many" | "symptom_long" | "symptom_twice";

const FRONT_MATTER = /^(---\r?\n)([\s\S]*?\r?\n)(---\r?\n|---$)/;
const BLOCK = /^symptoms:[ \t]*\r?\n((?:[ \t]*-[ \t]+\S.*(?:\r?\n|$))+)/m;
const ANY = /^symptoms:/m;
const PLAIN = /^[\p{L}(/][^:#\r\n\t\\]*[^:#\s\\]$/u;
const RESERVED = /^(?:true|false|yes|no|on|off|null|nan|inf)$/i;

/** Return the symptoms, or null if the list is written in a form that only the text shows. */
export function symptomsOf(source: string): string[] | null {
  const front = FRONT_MATTER.exec(source)?.[2];
  if (front === undefined) return null;
  const found = BLOCK.exec(front);
  if (!found) return ANY.test(front) ? null : [];
  const rest = front.slice(found.index + found[0].length);
  if (/^[ \t]+\S/.test(rest)) return null;
  const read = (found[1] ?? "").trimEnd().split(/\r?\n/).map((line) => scalar(line.replace(/^[ \t]*-[ \t]+/, "").trimEnd()));
  return read.every((one) => one !== null) ? read : null;
}

/** Return the file with other symptoms; nothing else in it changes. */
export function withSymptoms(source: string, symptoms: string[]): string {
  return source.replace(FRONT_MATTER, (_whole, start: string, front: string, end: string) => {
    const written = symptoms.length ? `symptoms:\n${symptoms.map((one) => `  - ${quoted(one)}\n`).join("")}` : "";
    const changed = BLOCK.test(front) ? front.replace(BLOCK, () => written) : front + written;
    return start + changed + end;
  });
}

/** Return the lines that are not empty, without spaces around them. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map((one) => one.trim()).filter(Boolean);
}

/** Return the first mistake, null if there is none. */
export function mistakeIn(symptoms: string[]): SymptomMistake | null {
  if (symptoms.length > MOST_SYMPTOMS) return "symptoms_many";
  if (symptoms.some((one) => one.length > LONGEST_SYMPTOM)) return "symptom_long";
  return new Set(symptoms.map((one) => one.toLowerCase())).size < symptoms.length ? "symptom_twice" : null;
}

function scalar(text: string): string | null {
  if (text.startsWith('"')) {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "string" ? value : null;
    } catch {
      return null;
    }
  }
  if (text.startsWith("'")) return /^'(?:[^']|'')*'$/.test(text) ? text.slice(1, -1).replaceAll("''", "'") : null;
  return /^[[{&*!|>%@`]|: |:$| #/.test(text) ? null : text;
}

function quoted(text: string): string {
  return PLAIN.test(text) && !RESERVED.test(text) ? text : JSON.stringify(text);
}
