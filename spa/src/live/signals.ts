/** Lists of alerts: what is recorded of an alert never changes, so news are on the newest page alone. */
import type { InfiniteData, QueryClient } from "@tanstack/vue-query";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";

import type { OrderFilter } from "./place";

export type SignalPage = Schemas["SignalPage"];
export type SignalList = InfiniteData<SignalPage, string | null>;

const PAGE = 100;

/** Reads one page, the newest without a cursor. */
export function readSignals(filter: OrderFilter, cursor: string | null): Promise<SignalPage> {
  const query = { ...filter, limit: PAGE, ...(cursor !== null && { cursor }) };
  return answer(client.GET("/api/signals", { params: { query } }));
}

/** Puts the newest page over what is known; null where alerts may lie between the two. */
export function headed(pages: readonly SignalPage[], head: SignalPage): SignalPage[] | null {
  const fresh = new Set(head.items.map(({ id }) => id));
  const isJoined = head.next_cursor === null || pages.some(({ items }) => items.some(({ id }) => fresh.has(id)));
  if (!isJoined) return null;
  const rest = pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => !fresh.has(id)) }));
  return rest.map((page, n) => (n === 0 ? { ...page, items: [...head.items, ...page.items] } : page));
}

/** Keeps what came in at the head while `fetched` was under way: more pages are added to those of before. */
export function withHead(known: SignalList | undefined, fetched: SignalList): SignalList {
  const first = fetched.pages[0]?.items[0];
  const items = known?.pages[0]?.items ?? [];
  const ahead = first ? items.slice(0, Math.max(0, items.findIndex(({ id }) => id === first.id))) : [];
  const pages = fetched.pages.map((page, n) => (n === 0 ? { ...page, items: [...ahead, ...page.items] } : page));
  return ahead.length > 0 ? { ...fetched, pages } : fetched;
}

/** Brings every list in sight up to date by its newest page, and has the rest of what shows alerts fetched again. */
export async function freshen(queries: QueryClient): Promise<void> {
  const lists = queries.getQueryCache().findAll({ queryKey: keys.signalLists, type: "active" });
  await Promise.all([
    queries.invalidateQueries({ queryKey: keys.signals, predicate: ({ queryKey }) => queryKey[1] !== "list" }),
    queries.invalidateQueries({ queryKey: keys.signalLists, type: "inactive", refetchType: "none" }),
    ...lists.map(({ queryKey }) => freshenList(queries, queryKey as ReturnType<typeof keys.signalList>)),
  ]);
}

async function freshenList(queries: QueryClient, queryKey: ReturnType<typeof keys.signalList>): Promise<void> {
  const head = await readSignals(queryKey[2], null).catch(() => null);
  const known = queries.getQueryData<SignalList>(queryKey);
  const pages = head && known && headed(known.pages, head);
  if (pages) queries.setQueryData<SignalList>(queryKey, { ...known, pages });
  else await queries.invalidateQueries({ queryKey });
}
