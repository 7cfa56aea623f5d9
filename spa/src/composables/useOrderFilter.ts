import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter } from "vue-router";

import type { OrderFilter } from "@/live/place";

const NAMES = ["symbol", "state", "account_id", "strategy_id", "signal_id"] as const;

/** What a list of orders is narrowed to: it stands in the address, so a link shows the same list. */
export function useOrderFilter(): {
  filter: ComputedRef<OrderFilter>;
  isFiltered: ComputedRef<boolean>;
  narrow: (change: OrderFilter) => void;
  clear: () => void;
} {
  const route = useRoute();
  const router = useRouter();

  const filter = computed(() => {
    const found: OrderFilter = {};
    for (const name of NAMES) {
      const value = route.query[name];
      if (typeof value === "string" && value) found[name] = value;
    }
    return found;
  });

  function narrow(change: OrderFilter): void {
    const query = Object.entries({ ...filter.value, ...change }).filter(([, value]) => value);
    void router.replace({ query: Object.fromEntries(query) });
  }

  return {
    filter,
    isFiltered: computed(() => Object.keys(filter.value).length > 0),
    narrow,
    clear: () => void router.replace({ query: {} }),
  };
}
