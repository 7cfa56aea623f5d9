import { useIsFetching, useQuery } from "@tanstack/vue-query";
import { computed, ref, watch, type Ref } from "vue";

import { answer, client, type Order, type Signal } from "@/client";
import { keys } from "@/client/keys";

import { useCatalogue } from "./useCatalogue";
import { useOwnSession } from "./useOwnSession";

/** One step of the way to the first fill; `isDone` is null while the server has not said. */
export interface Step {
  name: "verified" | "totp" | "account" | "tested" | "strategy" | "alert" | "fill";
  isDone: boolean | null;
  to: string;
}

interface Seen<T> {
  rows: Ref<readonly T[]>;
  isPending: Ref<boolean>;
}

/** The steps from a new user to the first fill, each derived from what the server has. */
export function useOnboarding(orders: Seen<Order>, signals: Seen<Signal>) {
  const { accounts, strategies } = useCatalogue();
  const { user } = useOwnSession();
  const { data: hasFill } = useQuery({
    queryKey: keys.anyFill,
    queryFn: () => answer(client.GET("/api/fills", { params: { query: { limit: 1 } } })),
    select: (page) => page.items.length > 0,
  });

  const steps = computed<Step[]>(() => [
    // Who has not confirmed the address is not let in.
    { name: "verified", isDone: user.value ? true : null, to: "/security" },
    { name: "totp", isDone: user.value?.has_totp ?? null, to: "/security" },
    { name: "account", isDone: some(accounts.value), to: "/accounts" },
    // An order that its venue gave an id is the proof that the connection stands.
    { name: "tested", isDone: reached(orders), to: "/accounts" },
    { name: "strategy", isDone: some(strategies.value), to: "/strategies" },
    { name: "alert", isDone: signals.isPending.value ? null : signals.rows.value.length > 0, to: "/strategies" },
    { name: "fill", isDone: hasFill.value ?? null, to: "/orders" },
  ]);
  const isKnown = computed(() => steps.value.every(({ isDone }) => isDone !== null));
  const isOver = computed(() => steps.value.every(({ isDone }) => isDone));

  // Known, or asked for in vain: the page is laid out once, not as each answer comes.
  const fetching = useIsFetching();
  const isSettled = ref(isKnown.value);
  watch([isKnown, fetching], ([known, n]) => { if (known || n === 0) isSettled.value = true; });
  return { steps, isSettled, isShown: computed(() => isKnown.value && !isOver.value) };
}

function some(rows: readonly unknown[] | undefined): boolean | null {
  return rows ? rows.length > 0 : null;
}

function reached({ rows, isPending }: Seen<Order>): boolean | null {
  return isPending.value ? null : rows.value.some(({ broker_order_id: id }) => id !== null);
}
