import type { Signal } from "@/client";

/** The price that an alert carried for reference; decimals are text, numbers are not believed. */
export function priceOf(signal: Signal | null | undefined): string | null {
  const meaning: unknown = signal?.signal;
  if (typeof meaning !== "object" || meaning === null || !("price" in meaning)) return null;
  return typeof meaning.price === "string" ? meaning.price : null;
}
