/** Cards for dashboards. */

export {};
