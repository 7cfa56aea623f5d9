import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";
import { newest } from "@/live/newest";
import type { OrderFilter } from "@/live/place";

import { useProblem } from "./useProblem";

const PAGE = 200;

async function readPage(filter: OrderFilter, cursor: string | null): Promise<Schemas["OrderPage"]> {
  const query = { ...filter, limit: PAGE, ...(cursor !== null && { cursor }) };
  const page = await answer(client.GET("/api/orders", { params: { query } }));
  return { ...page, items: page.items.map(newest) };
}

/** Orders, newest first, page by page; the live stream keeps what was fetched as it is now. */
export function useOrders(filter: Ref<OrderFilter>) {
  const query = useInfiniteQuery({
    queryKey: computed(() => keys.orderList(filter.value)),
    queryFn: ({ pageParam, queryKey }) => readPage(queryKey[2], pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // What did not change is the same object already (`placed`); comparing 10,000 orders anew at each
    // event and each page would hold the page up.
    structuralSharing: false,
  });
  const orders = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);

  function more(): void {
    if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage();
  }

  return { orders, more, isPending: query.isPending, problem: useProblem(query), refetch: query.refetch };
}
