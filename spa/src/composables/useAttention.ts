import { useQuery } from "@tanstack/vue-query";
import { computed, shallowRef } from "vue";
import type { RouteLocationRaw } from "vue-router";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";
import type { OrderFilter } from "@/live/place";

import { useCatalogue } from "./useCatalogue";
import { useDeadLetters } from "./useDeadLetters";
import { useHealth } from "./useHealth";
import { useKillSwitch } from "./useKillSwitch";
import { useOrders } from "./useOrders";
import { useOwnSession } from "./useOwnSession";

const SOON_MS = 14 * 86_400_000;

/** Something that a person should look at; `n` where it is several. */
export interface Concern {
  name: "switch" | "review" | "unknown" | "worker" | "down" | "letters" | "disabled" | "keys" | "totp";
  tone: "bad" | "warn";
  n: number;
  to: RouteLocationRaw;
}

function inState(state: string) {
  const { orders, isPending } = useOrders(shallowRef<OrderFilter>({ state }));
  return { n: computed(() => orders.value.length), isPending, to: { name: "orders", query: { state } } };
}

/** All that needs action, by facts of the server's alone; empty is good. */
export function useAttention() {
  const { state } = useKillSwitch();
  const review = inState("needs_review");
  const unknown = inState("unknown");
  const { workers, isDown } = useHealth();
  const { letters } = useDeadLetters();
  const { accounts, mode } = useCatalogue();
  const { user } = useOwnSession();
  const { data: expiring } = useQuery({
    queryKey: keys.apiKeys,
    queryFn: () => answer(client.GET("/api/api-keys", { params: { query: { limit: 200 } } })),
    select: (page) => page.items.filter(({ expires_at: at }) => at && isSoon(at)).length,
  });

  const concerns = computed(() => {
    const degraded = workers.value?.filter((worker) => worker.state === "degraded").length ?? 0;
    const disabled = accounts.value?.filter((account) => account.state === "disabled").length ?? 0;
    const all: Concern[] = [
      { name: "switch", tone: "bad", n: state.value?.engaged ? 1 : 0, to: { name: "orders", query: { state: "denied" } } },
      { name: "down", tone: "bad", n: isDown.value ? 1 : 0, to: "/" },
      { name: "review", tone: "bad", n: review.n.value, to: review.to },
      { name: "unknown", tone: "warn", n: unknown.n.value, to: unknown.to },
      { name: "worker", tone: "bad", n: degraded, to: "/accounts" },
      { name: "letters", tone: "warn", n: letters.value?.length ?? 0, to: { name: "dead-letters" } },
      { name: "disabled", tone: "warn", n: disabled, to: "/accounts" },
      { name: "totp", tone: "warn", n: mode.value === "live" && user.value?.has_totp === false ? 1 : 0, to: "/security" },
      { name: "keys", tone: "warn", n: expiring.value ?? 0, to: "/security" },
    ];
    return all.filter(({ n }) => n > 0);
  });
  return { concerns, isPending: computed(() => review.isPending.value || unknown.isPending.value) };
}

function isSoon(at: string): boolean {
  const left = Date.parse(at) - Date.now();
  return left > 0 && left < SOON_MS;
}
