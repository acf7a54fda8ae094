/** Small pictures: outcomes of a recipe, and bars over days. Each says in text what it shows. */

import { html, svg, type TemplateResult } from "lit";
import type { Outcome, Statistics } from "./contract.ts";
import type { Tone } from "./look.ts";
import type { Translate } from "./texts.ts";

const OUTCOMES: readonly [Outcome, Tone][] = [
  ["fixed", "good"],
  ["relapsed", "warning"],
  ["not_fixed", "neutral"],
  ["unknown", "info"],
  ["worse", "bad"],
];

/** Return the widths of the parts of a bar, in percent; the sum is 100, or 0 without a count. */
export function shares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, one) => sum + one, 0);
  return counts.map((one) => (total ? (one / total) * 100 : 0));
}

/** Return a bar with the outcomes of a recipe, and the counts as text. */
export function outcomes(row: Statistics, t: Translate): TemplateResult {
  const counts = OUTCOMES.map(([outcome]) => row[outcome]);
  const total = counts.reduce((sum, one) => sum + one, 0);
  if (!total) return html`<span class="quiet small">${t("outcome.never")}</span>`;
  const widths = shares(counts);
  const text = OUTCOMES.flatMap(([outcome], index) =>
    counts[index] ? [t(`outcome.${outcome}`, { count: counts[index] ?? 0 })] : [],
  ).join(", ");
  let start = 0;
  return html`<span class="outcomes">
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      ${OUTCOMES.map(([, tone], index) => {
        const width = widths[index] ?? 0;
        const x = start;
        start += width;
        return svg`<rect class=${tone} x=${x} y="0" width=${width} height="8" />`;
      })}
    </svg>
    <span class="small quiet">${text}</span>
  </span>`;
}

/** Return a column for each value; `label` says what the picture shows. */
export function columns(values: readonly { name: string; value: number }[], label: string): TemplateResult {
  const most = Math.max(1, ...values.map((one) => one.value));
  const width = 100 / Math.max(1, values.length);
  return html`<svg class="columns" viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${values.map(({ name, value }, index) => {
      const height = value ? Math.max(1.5, (value / most) * 31) : 0.5;
      return svg`<rect x=${index * width + width * 0.1} y=${32 - height} width=${width * 0.8} height=${height}>
        <title>${name}: ${value}</title></rect>`;
    })}
  </svg>`;
}
