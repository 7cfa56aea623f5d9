import type { Signal } from "@/client";
import { meantText } from "@/format/meant";

/** The price that an alert carried for reference. */
export function priceOf(signal: Signal | null | undefined): string | null {
  return signal ? meantText(signal, "price") : null;
}
