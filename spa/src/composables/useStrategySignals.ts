import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

const SHOWN = 10;

/** The last alerts of a strategy, the refused ones too; new ones come by the live stream. */
export function useStrategySignals(id: Ref<string>) {
  const query = useQuery({
    queryKey: computed(() => keys.strategySignals(id.value)),
    queryFn: ({ queryKey }) =>
      answer(client.GET("/api/signals", { params: { query: { strategy_id: queryKey[2], limit: SHOWN } } })),
    select: (page) => page.items,
  });
  return { signals: query.data, isPending: query.isPending, problem: useProblem(query) };
}
