import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

/** One order with its timeline and fills, and the alert that it came from. */
export function useOrder(id: Ref<string>) {
  const order = useQuery({
    queryKey: computed(() => keys.order(id.value)),
    queryFn: () => answer(client.GET("/api/orders/{order_id}", { params: { path: { order_id: id.value } } })),
  });
  const signalId = computed(() => order.data.value?.signal_id ?? "");
  const signal = useQuery({
    queryKey: computed(() => keys.signal(signalId.value)),
    queryFn: async () => {
      const query = { signal_id: signalId.value, limit: 1 };
      return (await answer(client.GET("/api/signals", { params: { query } }))).items[0] ?? null;
    },
    enabled: computed(() => signalId.value !== ""),
  });
  return { order: order.data, isPending: order.isPending, problem: useProblem(order), refetch: order.refetch, signal: signal.data };
}
