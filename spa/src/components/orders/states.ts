import type { Order } from "@/client";

/** The states that orders are looked for by, in the order of a life; the type keeps it complete. */
const ALL: Record<Order["state"], true> = {
  queued: true,
  sending: true,
  accepted: true,
  partially_filled: true,
  filled: true,
  cancelled: true,
  expired: true,
  rejected: true,
  denied: true,
  unknown: true,
  not_placed: true,
  needs_review: true,
};

export const STATES = Object.keys(ALL) as Order["state"][];

/** Whether a code names a normal end, and nothing to be alarmed by. */
export function isNoFailure(code: string | null | undefined): boolean {
  return code === "nothing_to_do";
}

const LIVE = new Set<Order["state"]>(["queued", "sending", "accepted", "partially_filled", "unknown", "needs_review"]);

/** Whether taking it back may still change anything. */
export function isLive(state: Order["state"]): boolean {
  return LIVE.has(state);
}
