import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";
import { useSignal } from "./useSignal";

/** One order with its timeline and fills, and the alert that it came from. */
export function useOrder(id: Ref<string>) {
  const order = useQuery({
    queryKey: computed(() => keys.order(id.value)),
    queryFn: () => answer(client.GET("/api/orders/{order_id}", { params: { path: { order_id: id.value } } })),
  });
  const signalId = computed(() => order.data.value?.signal_id ?? "");
  const { signal } = useSignal(signalId);
  return { order: order.data, isPending: order.isPending, problem: useProblem(order), refetch: order.refetch, signal };
}
