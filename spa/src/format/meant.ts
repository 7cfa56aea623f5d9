/** An alert's recorded meaning, which the edge stores as plain JSON: what stands in it, and nothing else. */
import type { Signal } from "@/client";

type Meant = Pick<Signal, "signal">;

/** Returns a text of the meaning, or nothing; decimals are text, numbers are not believed. */
export function meantText({ signal }: Meant, name: string): string | null {
  const value = fields(signal)[name];
  return typeof value === "string" ? value : null;
}

/** Returns all that the alert said, by name; what it left open is left out. */
export function meantFields({ signal }: Meant): [name: string, value: string][] {
  return Object.entries(fields(signal))
    .filter(([, value]) => isSaid(value))
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}

function fields(signal: unknown): Record<string, unknown> {
  return typeof signal === "object" && signal !== null && !Array.isArray(signal) ? (signal as Record<string, unknown>) : {};
}

function isSaid(value: unknown): boolean {
  if (value === null || value === false || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
