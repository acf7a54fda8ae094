/** Sums over rows: the outcomes of a runbook, the requests of each day. */

import type { DailyUse, Statistics } from "./contract.ts";

const RESULTS = ["fixed", "not_fixed", "worse", "unknown", "relapsed"] as const;

/** Return the sum of the outcomes of all recipes and versions of a runbook. */
export function together(rows: readonly Statistics[]): Statistics | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const sums = RESULTS.map((key) => [key, rows.reduce((sum, one) => sum + one[key], 0)] as const);
  return { ...first, ...Object.fromEntries(sums) };
}

/** Return the requests of each of the last days, oldest first; a day without any has 0. */
export function byDay(use: readonly DailyUse[], now: number, days: number, deployment?: string): { name: string; value: number }[] {
  return Array.from({ length: days }, (_, index) => {
    const name = new Date(now - (days - 1 - index) * 86_400_000).toISOString().slice(0, 10);
    const rows = use.filter((one) => one.day === name && (!deployment || one.deployment === deployment));
    return { name, value: rows.reduce((sum, one) => sum + one.used, 0) };
  });
}
