import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter } from "vue-router";

import { beginOf, endOf } from "@/format/days";
import type { OrderFilter } from "@/live/place";

import { useDayZone } from "./useDayZone";

type Name = keyof OrderFilter;

const NARROWED: readonly Name[] = ["symbol", "state", "account_id", "strategy_id", "signal_id"];
/** What lists of orders take beside that; no other list does. */
const LOOKED_UP: readonly Name[] = [...NARROWED, "from", "to", "search"];

interface Narrowing {
  filter: ComputedRef<OrderFilter>;
  isFiltered: ComputedRef<boolean>;
  narrow: (change: OrderFilter) => void;
  clear: () => void;
}

/** What a list of alerts is narrowed to: it stands in the address, so a link shows the same list. */
export function useOrderFilter(names = NARROWED): Narrowing {
  const route = useRoute();
  const router = useRouter();

  const filter = computed(() => {
    const found: OrderFilter = {};
    for (const name of names) {
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

/** What a list of orders is narrowed to, by days of the reader's zone too; `asked` is the edge's word for it. */
export function useOrderLookup(): Narrowing & { asked: ComputedRef<OrderFilter> } {
  const narrowing = useOrderFilter(LOOKED_UP);
  const zone = useDayZone();
  const asked = computed(() => {
    const { from, to, ...others } = narrowing.filter.value;
    return { ...others, ...(from && { from: beginOf(from, zone.value) }), ...(to && { to: endOf(to, zone.value) }) };
  });
  return { ...narrowing, asked };
}
