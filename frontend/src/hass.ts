/** The part of Home Assistant's front end that the panel uses. */

export interface Connection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string; [key: string]: unknown },
  ): Promise<() => Promise<void>>;
  sendMessagePromise<T>(message: { type: string; [key: string]: unknown }): Promise<T>;
}

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
}

export interface Hass {
  connection: Connection;
  language: string;
  locale?: { language: string; time_format?: string };
  themes?: { darkMode: boolean };
  states: Record<string, EntityState>;
  config?: { time_zone: string };
}

export interface Route {
  prefix: string;
  path: string;
}

/** Go to a path of Home Assistant's front end without loading the page again. */
export function navigate(path: string, replace = false): void {
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace } }));
}

/** Let a click on a link stay in the page, unless the person wants a new tab. */
export function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.composedPath().find((one): one is HTMLAnchorElement => one instanceof HTMLAnchorElement);
  if (!link || link.target || link.origin !== location.origin || link.hasAttribute("download")) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
