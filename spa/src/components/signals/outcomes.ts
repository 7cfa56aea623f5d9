import type { Signal } from "@/client";

/** What can become of an alert; the type keeps it complete. */
const ALL: Record<Signal["outcome"], true> = { accepted: true, duplicate: true, rejected: true, refused: true };

export const OUTCOMES = Object.keys(ALL) as Signal["outcome"][];
