/** Styles that all pages share. Colors, fonts and sizes are those of Home Assistant's theme. */

import { css } from "lit";

export const shared = css`
  :host {
    display: block;
    color: var(--primary-text-color);
    font-family: var(--ha-font-family-body, Roboto, sans-serif);
    font-size: var(--ha-font-size-m, 14px);
    line-height: var(--ha-line-height-normal, 1.5);
    /* The theme's own color has too little contrast for small texts. */
    --link: color-mix(in srgb, var(--primary-color) 72%, var(--primary-text-color));
    --filled: color-mix(in srgb, var(--primary-color) 80%, #000);
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  a {
    color: var(--link);
    text-decoration: none;
  }
  a:hover {
    text-decoration: underline;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .page {
    max-width: 1040px;
    margin: 0 auto;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 16px;
  }
  .card {
    background: var(--ha-card-background, var(--card-background-color, #fff));
    border: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color, #e0e0e0));
    border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    box-shadow: var(--ha-card-box-shadow, none);
    overflow: hidden;
  }
  .content {
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 12px;
  }
  .title {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.35;
    overflow-wrap: anywhere;
  }
  .heading {
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    margin: 8px 0 -4px;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .quiet a,
  .markdown a {
    text-decoration: underline;
  }
  a.chip {
    color: inherit;
  }
  .small {
    font-size: var(--ha-font-size-s, 12px);
  }
  .text {
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .wrap {
    flex-wrap: wrap;
  }
  .grow {
    flex: 1;
    min-width: 0;
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
    gap: 16px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 1px 8px;
    border-radius: 12px;
    background: var(--secondary-background-color);
    font-size: var(--ha-font-size-s, 12px);
    line-height: 20px;
    white-space: nowrap;
  }
  .chip.wraps {
    white-space: normal;
  }
  .chip svg {
    width: 14px;
    height: 14px;
  }
  svg {
    width: 24px;
    height: 24px;
    fill: currentColor;
    flex: none;
  }
  .info {
    --tone: var(--info-color, #039be5);
  }
  .error {
    color: color-mix(in srgb, var(--error-color, #db4437) 78%, var(--primary-text-color));
  }
  .good {
    --tone: var(--success-color, #43a047);
  }
  .warning {
    --tone: var(--warning-color, #ffa600);
  }
  .bad {
    --tone: var(--error-color, #db4437);
  }
  .neutral {
    --tone: var(--secondary-text-color, #727272);
  }
  .tone svg {
    color: var(--tone);
  }
  .dot {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: var(--tone);
    flex: none;
  }
  button,
  .button {
    font: inherit;
    font-weight: var(--ha-font-weight-medium, 500);
    min-height: 40px;
    padding: 6px 16px;
    border-radius: var(--ha-border-radius-pill, 20px);
    border: 1px solid var(--outline-color, var(--divider-color, #ccc));
    background: transparent;
    color: var(--primary-text-color);
    cursor: pointer;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    text-align: start;
  }
  button svg {
    width: 20px;
    height: 20px;
  }
  button:hover:not(:disabled),
  .button:hover {
    background: var(--secondary-background-color);
    text-decoration: none;
  }
  button:disabled {
    opacity: 0.6;
    cursor: default;
  }
  button.primary {
    background: var(--filled);
    border-color: var(--filled);
    color: #fff;
  }
  button.danger {
    --filled: color-mix(in srgb, var(--error-color, #db4437) 84%, #000);
    background: var(--filled);
    border-color: var(--filled);
    color: #fff;
  }
  button.primary:hover:not(:disabled),
  button.danger:hover:not(:disabled) {
    background: color-mix(in srgb, var(--filled) 88%, #000);
  }
  button.plain {
    border-color: transparent;
    color: var(--link);
    padding: 6px 8px;
  }
  button.icon {
    border-color: transparent;
    padding: 8px;
    min-width: 40px;
    color: inherit;
  }
  input,
  select,
  textarea {
    font: inherit;
    min-height: 40px;
    padding: 8px 12px;
    border-radius: 8px;
    border: 1px solid var(--outline-color, var(--divider-color, #ccc));
    background: var(--card-background-color, #fff);
    color: var(--primary-text-color);
    max-width: 100%;
  }
  input[type="checkbox"] {
    min-height: 0;
    width: 20px;
    height: 20px;
    margin: 0;
    accent-color: var(--primary-color);
    flex: none;
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
  }
  details > summary {
    cursor: pointer;
    min-height: 40px;
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--link);
    font-weight: var(--ha-font-weight-medium, 500);
    list-style: none;
  }
  details > summary::-webkit-details-marker {
    display: none;
  }
  details > summary .turn {
    transition: transform 0.15s;
    width: 20px;
    height: 20px;
  }
  details[open] > summary .turn {
    transform: rotate(90deg);
  }
  pre {
    margin: 0;
    padding: 12px;
    border-radius: 8px;
    background: var(--code-editor-background-color, var(--secondary-background-color));
    font-family: var(--ha-font-family-code, monospace);
    font-size: 12px;
    line-height: 1.5;
    overflow-x: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    max-height: 320px;
    overflow-y: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th {
    text-align: start;
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
  th,
  td {
    padding: 8px 12px;
    border-bottom: 1px solid var(--divider-color);
    vertical-align: top;
    overflow-wrap: anywhere;
  }
  tr:last-child > td {
    border-bottom: none;
  }
  a.item:hover .quiet {
    color: inherit;
  }
  .list {
    list-style: none;
  }
  .list > li + li {
    border-top: 1px solid var(--divider-color);
  }
  .item {
    display: flex;
    align-items: center;
    gap: 16px;
    padding: 12px 16px;
    color: inherit;
    min-height: 56px;
  }
  a.item:hover {
    background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
    text-decoration: none;
  }
  [aria-live]:empty {
    display: none;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`;
