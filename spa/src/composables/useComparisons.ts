import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed } from "vue";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";

export type Comparison = Schemas["ComparisonBody"];

// Made once a day: whoever leaves a page open sees the next one all the same.
const REFETCH_MS = 10 * 60_000;

/** How the accounts' comparisons with their venues stand, and which of them need their owner. */
export function useComparisons() {
  const queries = useQueryClient();
  const { data: comparisons } = useQuery({
    queryKey: keys.comparisons,
    queryFn: () => answer(client.GET("/api/comparisons", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
    refetchInterval: REFETCH_MS,
  });
  const differing = computed(() => comparisons.value?.filter(isNews));
  const unreachable = computed(() => comparisons.value?.filter(({ failure }) => failure !== null));

  async function acknowledge(account: string, at: string): Promise<void> {
    const params = { path: { account_id: account } };
    try {
      await answer(client.POST("/api/comparisons/{account_id}/acknowledge", { params, body: { at } }));
    } finally {
      await queries.invalidateQueries({ queryKey: keys.comparisons });
    }
  }

  return { comparisons, differing, unreachable, acknowledge };
}

function isNews({ comparison }: Comparison): boolean {
  return comparison !== null && comparison.differences.length > 0 && comparison.acknowledged_at === null;
}
