/**
 * The last orders that the stream told of, so that a list which was asked for before, and arrives
 * after, does not take them back.
 */
import type { Order } from "@/client";

import { newer } from "./place";

const MOST = 500;
const told = new Map<string, Order>();

/** Keeps an order that the stream told of; returns whether it is the first time. */
export function remember(order: Order): boolean {
  const isNews = !told.has(order.id);
  const latest = newest(order);
  told.delete(order.id);
  told.set(order.id, latest);
  const [oldest] = told.keys();
  if (told.size > MOST && oldest !== undefined) told.delete(oldest);
  return isNews;
}

/** Returns the newest reading of an order: the given one, or the stream's. */
export function newest(order: Order): Order {
  const known = told.get(order.id);
  return known ? newer(known, order) : order;
}

/** Forgets everything: somebody else may sign in next. */
export function forgetTold(): void {
  told.clear();
}
