/** Dates, durations and numbers as people read them. */

import type { Value } from "./contract.ts";

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Return a time relative to now: "5 minutes ago", "in 2 hours". */
export function relative(at: string, now: number, language: string): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "minute");
}

/** Return date and time; the date only when it is another day than that of `now`. */
export function dateTime(at: string, now: number, language: string): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(language, {
    ...(isToday ? {} : { day: "numeric", month: "short" }),
    ...(date.getFullYear() === new Date(now).getFullYear() ? {} : { year: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
  }).format(date);
}

/** Return a full date and time with seconds, for tooltips and exports. */
export function exactTime(at: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at));
}

/** Return the time between two instants in at most two units: "2 h 5 min". */
export function duration(from: string, until: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(until) - Date.parse(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${Math.floor(hours / 24)} d`;
}

/** Return a reading with its unit. */
export function reading(value: Value, unit: string | null, precision: number | null, language: string): string {
  if (typeof value !== "number") return String(value ?? "");
  const digits = precision ?? (Number.isInteger(value) ? 0 : 1);
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  return unit ? `${text} ${unit}` : text;
}

/** Return a day of the week, date and time in a time zone; that of the browser for one that it does not know. */
export function timeIn(at: string, zone: string, language: string): string {
  const style: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  try {
    return new Intl.DateTimeFormat(language, { ...style, timeZone: zone }).format(new Date(at));
  } catch {
    return new Intl.DateTimeFormat(language, style).format(new Date(at));
  }
}

/** Return the name of a language in a language: "de" is "German" in "en". */
export function languageName(code: string, language: string): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
}

const MIB = 1024 * 1024;

/** Return the value of a part of the app with its unit: bytes, milliseconds, seconds, or a number. */
export function amount(part: string, value: number, language: string): string {
  const [shown, unit] =
    part === "disk" || part === "database"
      ? value >= 1024 * MIB
        ? [value / (1024 * MIB), "gigabyte"]
        : [value / MIB, "megabyte"]
      : part === "event_loop"
        ? [value * 1000, "millisecond"]
        : part === "queues" || part === "backups"
          ? value >= 3600
            ? [value / 3600, "hour"]
            : [value / 60, "minute"]
          : [value, undefined];
  return new Intl.NumberFormat(language, { maximumFractionDigits: 1, ...(unit ? { style: "unit", unit } : {}) }).format(shown as number);
}
