import { useQueries } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";

import { answer, client, type Order } from "@/client";
import { keys } from "@/client/keys";
import { hopTimes, sampleOf } from "@/format/latency";

/** How long each hop took lately, by the timelines of the newest filled orders. */
export function useLatency(orders: Ref<readonly Order[]>) {
  const ids = computed(() => sampleOf(orders.value));
  const details = useQueries({
    queries: computed(() =>
      ids.value.map((id) => ({
        queryKey: keys.order(id),
        queryFn: () => answer(client.GET("/api/orders/{order_id}", { params: { path: { order_id: id } } })),
      })),
    ),
  });
  const timelines = computed(() => details.value.flatMap(({ data }) => (data ? [data.events] : [])));
  const isPending = computed(() => ids.value.length > 0 && timelines.value.length === 0 && details.value.some((each) => each.isPending));
  return { hops: computed(() => hopTimes(timelines.value)), count: computed(() => timelines.value.length), isPending };
}
