import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { answer, ApiProblem, client } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

/** One alert as it was recorded; nothing is asked while there is no id. */
export function useSignal(id: Ref<string>) {
  const query = useQuery({
    queryKey: computed(() => keys.signal(id.value)),
    queryFn: async ({ queryKey }) => {
      const query = { signal_id: queryKey[2], limit: 1 };
      return (await answer(client.GET("/api/signals", { params: { query } }))).items[0] ?? null;
    },
    enabled: computed(() => id.value !== ""),
  });
  const failed = useProblem(query);
  const problem = computed(
    () => failed.value ?? (query.data.value === null ? new ApiProblem(404, { code: "not_found" }) : null),
  );
  return { signal: query.data, isPending: query.isPending, problem, refetch: query.refetch };
}
