/** An order's hops as bars of a waterfall: pure arithmetic on milliseconds, never on money. */
import type { OrderDetail } from "@/client";

export type Hop = OrderDetail["events"][number];

export interface Bar {
  hop: Hop;
  /** Milliseconds from the first hop to the one before this, and how long this one took. */
  fromMs: number;
  tookMs: number;
  /** Where the bar stands in the whole, in percent. */
  left: number;
  width: number;
}

/** Lays the hops out. What took longer than the rest together does not flatten them: see `split`. */
export function bars(hops: readonly Hop[]): Bar[] {
  const total = hops.reduce((sum, hop) => sum + took(hop), 0);
  let passed = 0;
  return hops.map((hop) => {
    const tookMs = took(hop);
    const fromMs = passed;
    passed += tookMs;
    const share = (ms: number) => (total === 0 ? 0 : (ms / total) * 100);
    return { hop, fromMs, tookMs, left: share(fromMs), width: share(tookMs) };
  });
}

/**
 * Splits where something waited: after an order rests at its venue, a hop an hour later would
 * press all that came before into one pixel, so it begins a waterfall of its own.
 */
export function split(hops: readonly Hop[], longestMs = 10_000): Hop[][] {
  const parts: Hop[][] = [];
  for (const hop of hops) {
    const last = parts.at(-1);
    if (last && took(hop) <= longestMs) last.push(hop);
    else parts.push([{ ...hop, ms_since_previous: last ? hop.ms_since_previous : null }]);
  }
  return parts;
}

/** Says whose word a hop's evidence is: the venue's own, what an order was frozen on, or what we recorded. */
export function wordOf({ stage, evidence }: Hop): "venue" | "freeze" | "record" {
  if ("report" in evidence || evidence.type === "rejected") return "venue";
  return stage === "frozen" ? "freeze" : "record";
}

/** Returns why we ended an order at this hop, as its code; null where we did not. */
export function codeOf({ evidence: { code } }: Hop): string | null {
  return typeof code === "string" ? code : null;
}

/** Shows milliseconds with as many places as they deserve. */
export function showMs(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

/** Shows how long something took, in the unit that reads best. */
export function showTook(ms: number): string {
  if (ms < 1000) return `${showMs(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return inTwo(whole, 60, ["min", "s"]);
  return whole < 86_400 ? inTwo(Math.round(whole / 60), 60, ["h", "min"]) : inTwo(Math.round(whole / 3600), 24, ["d", "h"]);
}

function inTwo(count: number, size: number, [large, small]: [string, string]): string {
  return `${String(Math.floor(count / size))} ${large} ${String(count % size)} ${small}`;
}

function took(hop: Hop): number {
  return Math.max(0, hop.ms_since_previous ?? 0);
}
