/** Styles of plans, evidence and small pictures. */

import { css } from "lit";

export const planStyles = css`
  .plan {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .steps {
    padding-inline-start: 20px;
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .facts {
    list-style: none;
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .facts > li {
    align-items: flex-start;
  }
  .facts svg:not(.bar) {
    width: 20px;
    height: 20px;
    color: var(--secondary-text-color);
  }
  .diff {
    width: auto;
    margin: 4px 0;
  }
  .diff thead th {
    padding: 0 12px 2px 0;
    border: none;
  }
  .diff tbody th,
  .diff tbody td {
    padding: 2px 12px 2px 0;
    border: none;
    color: var(--primary-text-color);
    font-size: inherit;
  }
  .diff del {
    text-decoration-color: var(--error-color);
  }
  .diff ins {
    text-decoration: none;
    font-weight: 500;
    border-bottom: 2px solid var(--success-color, #43a047);
  }
  .arrow svg {
    width: 18px;
    height: 18px;
    color: var(--secondary-text-color);
  }
  .outcomes {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    flex-wrap: wrap;
  }
  .bar {
    width: 96px;
    height: 8px;
    border-radius: 4px;
    background: var(--divider-color);
  }
  .bar rect {
    fill: var(--tone);
  }
  .columns {
    width: 100%;
    height: 64px;
  }
  .columns rect {
    fill: var(--primary-color);
  }
  .claims {
    padding-inline-start: 20px;
  }
`;
