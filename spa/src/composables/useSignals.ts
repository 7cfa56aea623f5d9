import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";
import type { OrderFilter } from "@/live/place";

import { useProblem } from "./useProblem";

const PAGE = 100;

/** Alerts, newest first, page by page, the refused ones too; each that arrives has them read anew. */
export function useSignals(filter: Ref<OrderFilter>) {
  const query = useInfiniteQuery({
    queryKey: computed(() => keys.signalList(filter.value)),
    queryFn: ({ pageParam, queryKey }) => {
      const query = { ...queryKey[2], limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answer(client.GET("/api/signals", { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const signals = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);

  function more(): void {
    if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage();
  }

  return { signals, more, isPending: query.isPending, problem: useProblem(query), refetch: query.refetch };
}
