/** Follows the rows of the app: all at first, then each change. */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { RowKind, RowsByKind, Viewer } from "./contract.ts";
import type { Hass } from "./hass.ts";

export type Rows = { [Kind in RowKind]?: Record<string, RowsByKind[Kind]> };

export interface FeedState {
  loaded: boolean;
  connected: boolean;
  entries: { entry_id: string; title: string }[];
  entry_id: string | null;
  viewer: Viewer | null;
  rows: Rows;
}

export type FeedMessage =
  | ({ kind: "state" } & FeedState)
  | { kind: "connection"; connected: boolean }
  | { kind: "row"; row_kind: RowKind; id: string; row: RowsByKind[RowKind] | null };

/** Return the state after a message; a row replaces the one before, null removes it. */
export function after(state: FeedState | undefined, message: FeedMessage): FeedState | undefined {
  if (message.kind === "state") return message;
  if (!state) return undefined;
  if (message.kind === "connection") return { ...state, connected: message.connected };
  const rows: Record<string, unknown> = { ...state.rows[message.row_kind] };
  if (message.row === null) delete rows[message.id];
  else rows[message.id] = message.row;
  return { ...state, rows: { ...state.rows, [message.row_kind]: rows } };
}

/** A subscription that lives as long as its host is in the page. */
export class Feed implements ReactiveController {
  state: FeedState | undefined;
  error = "";
  private hass: Hass | undefined;
  private stop: Promise<() => Promise<void>> | undefined;
  private entry: string | undefined;
  private number = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly kinds: readonly RowKind[],
  ) {
    host.addController(this);
  }

  /** Subscribe over the connection of `hass`, unless it is done already. */
  follow(hass: Hass | undefined, entry?: string): void {
    if (!hass || (this.hass?.connection === hass.connection && this.entry === entry && this.stop)) return;
    this.end();
    this.hass = hass;
    this.entry = entry;
    this.begin();
  }

  /** Replace a row before the app sends it: after the answer of a command. */
  put<Kind extends RowKind>(kind: Kind, id: string, row: RowsByKind[Kind]): void {
    this.receive({ kind: "row", row_kind: kind, id, row });
  }

  rows<Kind extends RowKind>(kind: Kind): RowsByKind[Kind][] {
    return Object.values(this.state?.rows[kind] ?? {}) as RowsByKind[Kind][];
  }

  row<Kind extends RowKind>(kind: Kind, id: string | null | undefined): RowsByKind[Kind] | undefined {
    return id ? (this.state?.rows[kind]?.[id] as RowsByKind[Kind] | undefined) : undefined;
  }

  hostConnected(): void {
    if (this.hass && !this.stop) this.begin();
  }

  hostDisconnected(): void {
    this.end();
  }

  private begin(): void {
    if (!this.hass) return;
    this.error = "";
    const number = ++this.number;
    const message = {
      type: "homelab_steward/subscribe",
      kinds: this.kinds,
      ...(this.entry ? { entry_id: this.entry } : {}),
    };
    const stop = this.hass.connection.subscribeMessage<FeedMessage>((one) => {
      if (number === this.number) this.receive(one);
    }, message);
    this.stop = stop;
    stop.catch((err: { message?: string }) => {
      if (number !== this.number) return;
      this.error = err.message ?? String(err);
      this.host.requestUpdate();
    });
  }

  private end(): void {
    this.number += 1;
    this.stop?.then(
      (stop) => stop(),
      () => undefined,
    );
    this.stop = undefined;
  }

  private receive(message: FeedMessage): void {
    this.state = after(this.state, message);
    this.host.requestUpdate();
  }
}
