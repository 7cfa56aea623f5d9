/** Days of a zone as the spans of time that the edge is asked for. */
import type { Zone } from "./time";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Returns when a day such as 2026-11-23 begins in a zone, as the edge takes it; what is no day as it is. */
export function beginOf(day: string, zone: Zone): string {
  const asUtc = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (Number.isNaN(asUtc)) return day;
  // Once more by the distance at what was found: between the two a clock may have been put forward or back.
  const first = asUtc - distance(asUtc, zone);
  return new Date(asUtc - distance(first, zone)).toISOString();
}

/** Returns when a day is over: the next one begins. */
export function endOf(day: string, zone: Zone): string {
  const asUtc = DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (Number.isNaN(asUtc)) return day;
  return beginOf(new Date(asUtc + 24 * 3_600_000).toISOString().slice(0, 10), zone);
}

/** How far a zone's clock is ahead of UTC then, in milliseconds. */
function distance(at: number, zone: Zone): number {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23", era: "short",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(at);
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const shown = Date.parse(`${(of.year ?? "").padStart(4, "0")}-${of.month}-${of.day}T${of.hour}:${of.minute}:${of.second}Z`);
  return shown - Math.floor(at / 1000) * 1000;
}
