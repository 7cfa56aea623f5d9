import { useInfiniteQuery } from "@tanstack/vue-query";
import { computed } from "vue";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

export type AuditEntry = Schemas["AuditBody"];

const PAGE = 100;

/** What was done in the user's name, newest first, page by page. */
export function useAudit() {
  const query = useInfiniteQuery({
    queryKey: keys.audit,
    queryFn: ({ pageParam }) =>
      answer(client.GET("/api/audit", { params: { query: { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Much of it is done elsewhere, and no stream tells of it.
    staleTime: 0,
  });

  function more(): void {
    if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage();
  }

  const entries = computed(() => query.data.value?.pages.flatMap((page) => page.items) ?? []);
  return { entries, more, isPending: query.isPending, problem: useProblem(query), refetch: query.refetch };
}
