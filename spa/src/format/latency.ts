/** How long each hop took over many orders: pure arithmetic on milliseconds, never on money. */
import type { Order } from "@/client";

import { split, type Hop } from "./timeline";

export interface HopTime {
  stage: Hop["stage"];
  /** How many of the orders went through it. */
  orders: number;
  medianMs: number;
  p95Ms: number;
}

// The hops on the way of an alert, in its order; what waits at a venue afterwards is no latency of ours.
const WAY = ["edge_recorded", "hinted", "delivered", "frozen", "claimed", "sent", "answered", "settled"] as const;

const SAMPLE = 20;
const DAY_MS = 86_400_000;

/** The orders of alerts that the latency is taken of: the newest of the last 24 hours that went all the way. */
export function sampleOf(orders: readonly Order[], now = Date.now()): string[] {
  return orders
    .filter(({ signal_id, state, created_at }) => signal_id && state === "filled" && now - Date.parse(created_at) < DAY_MS)
    .slice(0, SAMPLE)
    .map(({ id }) => id);
}

/** Returns median and 95th percentile of each hop that any of the orders went through. */
export function hopTimes(timelines: readonly (readonly Hop[])[]): HopTime[] {
  const ways = timelines.map((hops) => split(hops)[0] ?? []);
  return WAY.flatMap((stage) => {
    const took = ways.flatMap((way) => firstOf(way, stage)).sort((one, other) => one - other);
    return took.length === 0
      ? []
      : [{ stage, orders: took.length, medianMs: percentile(took, 50), p95Ms: percentile(took, 95) }];
  });
}

/** Returns the nearest-rank percentile of sorted numbers: always one that was measured. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

function firstOf(way: readonly Hop[], stage: Hop["stage"]): number[] {
  const ms = way.find((hop) => hop.stage === stage)?.ms_since_previous;
  return ms === null || ms === undefined ? [] : [Math.max(0, ms)];
}
