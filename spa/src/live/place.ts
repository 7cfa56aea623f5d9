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
  /** Recorded then or later, and before that. */
  from?: string;
  to?: string;
  /** Any of its ids, or the beginning of one. */
  search?: string;
}

// Less than that begins too many ids; a venue may have whole ones that are as short.
const SHORTEST_BEGINNING = 8;

/** Says whether a filtered list shows this order. */
export function isWanted(order: Order, filter: OrderFilter): boolean {
  const { symbol, from, to, search, ...exact } = filter;
  if (symbol && order.symbol !== symbol.toUpperCase()) return false;
  if (from && sortable(order.created_at) < sortable(from)) return false;
  if (to && sortable(order.created_at) >= sortable(to)) return false;
  if (search && !isMeant(order, search.trim())) return false;
  return Object.entries(exact).every(
    ([name, wanted]) => !wanted || order[name as keyof typeof exact] === wanted,
  );
}

/** Says whether an id, or its beginning, means this order, as the edge does. */
function isMeant(order: Order, text: string): boolean {
  // Of an order that is several at its venue, each of their ids.
  const theirs = [order.broker_order_id ?? "", ...(order.broker_order_id ?? "").split("+")];
  if (theirs.includes(text)) return true;
  if (text.length < SHORTEST_BEGINNING) return false;
  const lower = text.toLowerCase();
  const ours = [order.id, order.signal_id ?? "", order.client_order_id, `t-${order.client_order_id}`];
  const bare = [order.id, order.signal_id ?? ""].map((id) => id.replaceAll("-", ""));
  return [...ours, ...bare].some((id) => id.startsWith(lower)) || theirs.some((id) => id.startsWith(text));
}

/** Returns the newer of two readings of one order: the server's last word counts. */
export function newer<T extends Order>(known: T, told: T): T {
  return sortable(told.updated_at) >= sortable(known.updated_at) ? told : known;
}

/** Returns the pages with each of these orders where it belongs: newest first, once, or not at all. */
export function placed(pages: readonly OrderPage[], orders: Iterable<Order>, filter: OrderFilter): OrderPage[] {
  const told = new Map([...orders].map((order) => [order.id, order]));
  if (told.size === 0) return [...pages];
  const known = pages.map((page) => {
    if (!page.items.some(({ id }) => told.has(id))) return page;
    return { ...page, items: page.items.flatMap((each) => replaced(each, told, filter)) };
  });
  const seen = new Set(pages.flatMap(({ items }) => items.filter(({ id }) => told.has(id)).map(({ id }) => id)));
  const missing = [...told.values()].filter((order) => !seen.has(order.id) && isWanted(order, filter));
  return missing.reduce(inserted, known);
}

function replaced(known: Order, told: ReadonlyMap<string, Order>, filter: OrderFilter): Order[] {
  const order = told.get(known.id);
  if (!order) return [known];
  const latest = newer(known, order);
  return isWanted(latest, filter) ? [latest] : [];
}

function inserted(pages: OrderPage[], order: Order): OrderPage[] {
  const at = rank(order);
  const into = pages.findIndex(
    (page) => page.next_cursor === null || page.items.some((each) => rank(each) < at),
  );
  // Older than all that was fetched, and more is to come: the page that has it is not here yet.
  if (into === -1) return pages;
  return pages.map((page, n) => {
    if (n !== into) return page;
    const before = page.items.filter((each) => rank(each) > at);
    return { ...page, items: [...before, order, ...page.items.slice(before.length)] };
  });
}

function rank(order: Order): string {
  return `${sortable(order.created_at)} ${order.id}`;
}
