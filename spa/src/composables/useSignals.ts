import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { keys } from "@/client/keys";
import type { OrderFilter } from "@/live/place";
import { readSignals, withHead, type SignalList } from "@/live/signals";

import { useProblem } from "./useProblem";

/** Alerts, newest first, page by page, the refused ones too; each that arrives has the newest page read anew. */
export function useSignals(filter: Ref<OrderFilter>) {
  const query = useInfiniteQuery({
    queryKey: computed(() => keys.signalList(filter.value)),
    queryFn: ({ pageParam, queryKey }) => readSignals(queryKey[2], pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    structuralSharing: (known, fetched) => withHead(known as SignalList | undefined, fetched as SignalList),
  });
  const signals = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);

  function more(): void {
    if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage();
  }

  return { signals, more, isPending: query.isPending, problem: useProblem(query), refetch: query.refetch };
}
