/** Where an order that the stream brought stands in a list that was fetched by pages: pure. */
import type { Order, Schemas } from "@/client";
import { sortable } from "@/format/time";

export type OrderPage = Schemas["OrderPage"];

export interface OrderFilter {
  account_id?: string;
  strategy_id?: string;
  signal_id?: string;
  symbol?: string;
  state?: string;
}

/** Says whether a filtered list shows this order. */
export function isWanted(order: Order, filter: OrderFilter): boolean {
  const { symbol, ...exact } = filter;
  if (symbol && order.symbol !== symbol.toUpperCase()) return false;
  return Object.entries(exact).every(
    ([name, wanted]) => !wanted || order[name as keyof typeof exact] === wanted,
  );
}

/** Returns the newer of two readings of one order: the server's last word counts. */
export function newer<T extends Order>(known: T, told: T): T {
  return sortable(told.updated_at) >= sortable(known.updated_at) ? told : known;
}

/** Returns the pages with the order where it belongs: newest first, once, or not at all. */
export function placed(pages: readonly OrderPage[], order: Order, filter: OrderFilter): OrderPage[] {
  const known = pages.flatMap((page) => page.items).find((each) => each.id === order.id);
  const latest = known ? newer(known, order) : order;
  const isShown = isWanted(latest, filter);
  if (known && isShown) return mapped(pages, (each) => (each.id === latest.id ? latest : each));
  if (known) return pages.map((page) => ({ ...page, items: page.items.filter((each) => each.id !== latest.id) }));
  return isShown ? inserted(pages, latest) : [...pages];
}

function mapped(pages: readonly OrderPage[], change: (order: Order) => Order): OrderPage[] {
  return pages.map((page) => ({ ...page, items: page.items.map(change) }));
}

function inserted(pages: readonly OrderPage[], order: Order): OrderPage[] {
  const at = rank(order);
  const into = pages.findIndex(
    (page) => page.next_cursor === null || page.items.some((each) => rank(each) < at),
  );
  // Older than all that was fetched, and more is to come: the page that has it is not here yet.
  if (into === -1) return [...pages];
  return pages.map((page, n) => {
    if (n !== into) return page;
    const before = page.items.filter((each) => rank(each) > at);
    return { ...page, items: [...before, order, ...page.items.slice(before.length)] };
  });
}

function rank(order: Order): string {
  return `${sortable(order.created_at)} ${order.id}`;
}
