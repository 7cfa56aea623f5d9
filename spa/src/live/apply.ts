/** Puts what the stream tells into the caches; whatever it cannot place is fetched again. */
import type { QueryClient } from "@tanstack/vue-query";

import type { Order, Schemas } from "@/client";
import { keys } from "@/client/keys";

import { newest, remember, type OrderList } from "./newest";
import type { StreamEvent } from "./parse";
import { placed, type OrderFilter } from "./place";
import { refetch } from "./refetch";
import { freshen } from "./signals";

type Switch = Schemas["SwitchBody"];

/** Caches whose every change the stream tells: a line that was resumed leaves no gap in them. */
const FED = new Set(["order"]);

/** Applies one event. */
export function applyEvent(queries: QueryClient, event: StreamEvent): void {
  const told: unknown = JSON.parse(event.data);
  if (event.kind === "order" && isOrder(told)) applyOrder(queries, told);
  else if (event.kind === "fill" && isFill(told)) refetch(queries, keys.order(told.order_id));
  else if (event.kind === "switch") applySwitch(queries, told as Switch);
  else if (event.kind === "signal") freshenSignals(queries);
  // A page that shows fills, workers … keys its queries by the event's name.
  if (event.kind === "fill" || event.kind === "worker") refetch(queries, [event.kind]);
  if (event.kind === "fill") refetch(queries, keys.positions);
}

/** Fetches again what may have changed unheard, after a line was opened. */
export function heal(queries: QueryClient, resumed: boolean): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey }) => !(resumed && FED.has(String(queryKey[0])) && queryKey[1] === "list"),
  });
}

function applyOrder(queries: QueryClient, told: Order): void {
  // An alert that became orders has no event of its own: its first order tells of it.
  if (remember(told) && told.signal_id !== null) freshenSignals(queries);
  const order = newest(told);
  for (const [queryKey] of queries.getQueriesData<OrderList>({ queryKey: keys.orders })) {
    queries.setQueryData<OrderList>(queryKey, (list) =>
      list && { ...list, pages: placed(list.pages, [order], queryKey[2] as OrderFilter) },
    );
  }
  refetch(queries, keys.order(order.id));
}

/** Lists of alerts take the newest page alone; what shows one alert, or a few, is fetched again. */
function freshenSignals(queries: QueryClient): void {
  refetch(queries, keys.signals, () => freshen(queries));
}

function applySwitch(queries: QueryClient, told: Switch): void {
  queries.setQueryData(keys.killSwitch, told);
}

function isOrder(told: unknown): told is Order {
  return typeof told === "object" && told !== null && "state" in told && "symbol" in told;
}

function isFill(told: unknown): told is Schemas["FillBody"] {
  return typeof told === "object" && told !== null && "order_id" in told;
}
