import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";

const ALL = { params: { query: { limit: 200 } } };

/** The user's accounts and strategies, and their names by id. */
export function useCatalogue() {
  const { data: accounts } = useQuery({
    queryKey: keys.accounts,
    queryFn: () => answer(client.GET("/api/accounts", ALL)),
    select: (page) => page.items,
  });
  const { data: strategies } = useQuery({
    queryKey: keys.strategies,
    queryFn: () => answer(client.GET("/api/strategies", ALL)),
    select: (page) => page.items,
  });
  const names = computed(
    () => new Map([...(accounts.value ?? []), ...(strategies.value ?? [])].map(({ id, name }) => [id, name])),
  );
  const modes = computed(() => new Map((accounts.value ?? []).map((each) => [each.id, each.mode])));
  /** Paper, as long as no account could touch real money; unknown before the accounts are there. */
  const mode = computed(() =>
    accounts.value === undefined ? null : accounts.value.some((each) => each.mode === "live") ? "live" : "paper",
  );

  return {
    accounts,
    strategies,
    mode,
    modeOf: (account: string) => modes.value.get(account),
    nameOf: (id: string | null) => (id ? (names.value.get(id) ?? id.slice(0, 8)) : ""),
  };
}
