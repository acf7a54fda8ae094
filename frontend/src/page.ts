/** What every page gets, and the base class of the pages. */

import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Viewer } from "./contract.ts";
import type { Feed } from "./feed.ts";
import type { Hass } from "./hass.ts";
import { shared } from "./styles.ts";
import { hasText, translator, type Translate } from "./texts.ts";

/** A refusal of a command. */
export interface Refused {
  code: string;
  message: string;
}

/** Everything a page needs. A new object is made for each change. */
export interface Context {
  hass: Hass;
  feed: Feed;
  viewer: Viewer;
  t: Translate;
  language: string;
  now: number;
  base: string;
  /** Returns a name that a service or a runbook declares, in the person's language. */
  name: (english: string) => string;
}

/** The path of the panel. */
export const BASE = "/homelab-steward";

/** Return what the elements of a page or a card need. */
export function contextOf(
  hass: Hass,
  feed: Feed,
  viewer: Viewer,
  now: number,
  base = BASE,
  names: Record<string, string> = {},
): Context {
  return {
    hass,
    feed,
    viewer,
    t: translator(hass.language),
    language: hass.locale?.language ?? hass.language,
    now,
    base,
    name: (english) => names[english] ?? english,
  };
}

/** Send a command of the integration. Rejects with Refused. */
export function call<Answer>(ctx: Context, command: string, data: Record<string, unknown> = {}): Promise<Answer> {
  const entry = ctx.feed.state?.entry_id;
  return ctx.hass.connection.sendMessagePromise<Answer>({
    type: `homelab_steward/${command}`,
    ...(entry ? { entry_id: entry } : {}),
    ...data,
  });
}

/** Return the text of a refusal in the person's language, the app's own text when it has more detail. */
export function refusal(err: unknown, t: Translate): string {
  const { code, message } = err as Partial<Refused>;
  const key = `error.${code ?? "internal"}`;
  return hasText(key) ? t(key, { message: message ?? "" }) : (message ?? t("error.internal"));
}

export abstract class Page extends LitElement {
  static override styles = [shared];

  @property({ attribute: false }) ctx!: Context;
  /** The rest of the path: the id of what is shown. */
  @property() item = "";

  protected get t(): Translate {
    return this.ctx.t;
  }
}
