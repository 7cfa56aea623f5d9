import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";
import { caughtUp, type OrderList } from "@/live/newest";
import type { OrderFilter, OrderPage } from "@/live/place";

import { useProblem } from "./useProblem";

const PAGE = 200;

function readPage(filter: OrderFilter, cursor: string | null): Promise<OrderPage> {
  const query = { ...filter, limit: PAGE, ...(cursor !== null && { cursor }) };
  return answer(client.GET("/api/orders", { params: { query } }));
}

/** Orders, newest first, page by page; the live stream keeps what was fetched as it is now. */
export function useOrders(filter: Ref<OrderFilter>) {
  const query = useInfiniteQuery(
    computed(() => {
      const wanted = filter.value;
      return {
        queryKey: keys.orderList(wanted),
        queryFn: ({ pageParam }: { pageParam: string | null }) => readPage(wanted, pageParam),
        initialPageParam: null as string | null,
        getNextPageParam: (page: OrderPage) => page.next_cursor,
        // A fetch adds its page to those that it began with: what the stream told meanwhile is put in
        // again. All else is the same object already; comparing 10,000 orders would hold the page up.
        structuralSharing: (_: unknown, fetched: unknown) => caughtUp(fetched as OrderList, wanted),
      };
    }),
  );
  const orders = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);

  function more(): void {
    if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage();
  }

  return { orders, more, isPending: query.isPending, problem: useProblem(query), refetch: query.refetch };
}
