/** Styles of pages that only say something, and of pages that are loading. */

import { css } from "lit";

export const noticeStyles = css`
  .notice {
    min-height: 50vh;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    text-align: center;
    gap: 12px;
  }
  .notice > svg {
    width: 56px;
    height: 56px;
    color: var(--secondary-text-color);
  }
  .notice p {
    max-width: 46ch;
  }
  .wait i {
    display: block;
    height: 14px;
    border-radius: 7px;
    background: var(--divider-color);
    animation: pulse 1.4s ease-in-out infinite;
  }
  .wait i:nth-child(1) {
    width: 60%;
  }
  .wait i:nth-child(3) {
    width: 35%;
  }
  @keyframes pulse {
    50% {
      opacity: 0.4;
    }
  }
`;
