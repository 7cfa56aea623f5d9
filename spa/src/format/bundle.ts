import type { OrderDetail, Signal } from "@/client";

/** All that support needs of one order, as JSON. Bodies come masked from the edge; nothing else is secret. */
export function supportBundle(order: OrderDetail, signal: Signal | null | undefined, at = new Date()): string {
  return JSON.stringify({ made_at: at.toISOString(), page: location.pathname, order, signal: signal ?? null }, null, 2);
}
