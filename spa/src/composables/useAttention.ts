import { useIsFetching, useQuery } from "@tanstack/vue-query";
import { computed, shallowRef } from "vue";
import type { RouteLocationRaw } from "vue-router";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";
import type { OrderFilter } from "@/live/place";

import { useCatalogue } from "./useCatalogue";
import { useComparisons, type Comparison } from "./useComparisons";
import { useDeadLetters } from "./useDeadLetters";
import { useHealth } from "./useHealth";
import { useKillSwitch } from "./useKillSwitch";
import { useOrders } from "./useOrders";
import { useOwnSession } from "./useOwnSession";

const SOON_MS = 14 * 86_400_000;

/** Something that a person should look at; `n` where it is several. */
export interface Concern {
  name: "switch" | "review" | "unknown" | "worker" | "down" | "letters" | "disabled" | "keys" | "totp" | "differs" | "uncompared";
  tone: "bad" | "warn";
  n: number;
  to: RouteLocationRaw;
}

function inState(state: string) {
  const { orders, isPending, problem } = useOrders(shallowRef<OrderFilter>({ state }));
  const isKnown = computed(() => !isPending.value && problem.value === null);
  return { n: computed(() => orders.value.length), isKnown, to: { name: "orders", query: { state } } };
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
  const { comparisons, differing, unreachable } = useComparisons();
  const { data: apiKeys } = useQuery({
    queryKey: keys.apiKeys,
    queryFn: () => answer(client.GET("/api/api-keys", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
  });

  const isBare = computed(() => mode.value === "live" && user.value?.has_totp === false);
  const isEngaged = computed(() => state.value?.engaged === true);
  const concerns = computed(() => {
    const all: Concern[] = [
      { name: "switch", tone: "bad", n: Number(isEngaged.value), to: { name: "orders", query: { state: "denied" } } },
      { name: "down", tone: "bad", n: Number(isDown.value), to: "/" },
      { name: "review", tone: "bad", n: review.n.value, to: review.to },
      { name: "unknown", tone: "warn", n: unknown.n.value, to: unknown.to },
      { name: "worker", tone: "bad", n: countOf(workers.value, ({ state }) => state === "degraded"), to: "/accounts" },
      { name: "differs", tone: "bad", n: countOf(differing.value), to: accountOf(differing.value) },
      { name: "uncompared", tone: "warn", n: countOf(unreachable.value), to: accountOf(unreachable.value) },
      { name: "letters", tone: "warn", n: countOf(letters.value), to: { name: "dead-letters" } },
      { name: "disabled", tone: "warn", n: countOf(accounts.value, ({ state }) => state === "disabled"), to: "/accounts" },
      { name: "totp", tone: "warn", n: Number(isBare.value), to: "/security" },
      { name: "keys", tone: "warn", n: countOf(apiKeys.value, ({ expires_at }) => isSoon(expires_at)), to: "/security" },
    ];
    return all.filter(({ n }) => n > 0);
  });
  // That nothing needs anybody is said only where all of it was asked, and answered.
  const told = [state, workers, letters, accounts, user, apiKeys, comparisons];
  const isKnown = computed(
    () => review.isKnown.value && unknown.isKnown.value && told.every(({ value }) => value !== undefined),
  );
  const fetching = useIsFetching();
  return { concerns, isKnown, isAsking: computed(() => !isKnown.value && fetching.value > 0) };
}

function accountOf(rows: readonly Comparison[] | undefined): RouteLocationRaw {
  const [only, ...others] = rows ?? [];
  return only && others.length === 0 ? { name: "account", params: { id: only.account_id } } : "/accounts";
}

function countOf<T>(rows: readonly T[] | undefined, isWanted: (row: T) => boolean = () => true): number {
  return (rows ?? []).filter(isWanted).length;
}

function isSoon(at: string | null): boolean {
  if (at === null) return false;
  const left = Date.parse(at) - Date.now();
  return left > 0 && left < SOON_MS;
}
