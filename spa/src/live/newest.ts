/**
 * The last orders that the stream told of, so that a list which was asked for before, and arrives
 * after, does not take them back.
 */
import type { InfiniteData } from "@tanstack/vue-query";

import type { Order } from "@/client";

import { newer, placed, type OrderFilter, type OrderPage } from "./place";

export type OrderList = InfiniteData<OrderPage, string | null>;

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

/** Returns a fetched list as it is by now: what the stream told, while it was asked for, is put in. */
export function caughtUp(list: OrderList, filter: OrderFilter): OrderList {
  return { ...list, pages: placed(list.pages, told.values(), filter) };
}

/** Forgets everything: somebody else may sign in next. */
export function forgetTold(): void {
  told.clear();
}
