import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { useI18n } from "vue-i18n";

import { answer, client, type Account, type Schemas } from "@/client";
import { keys } from "@/client/keys";
import { useStepUp } from "@/stores/stepUp";

import { useProblem } from "./useProblem";

/** The user's accounts, and what is done with them. Credentials go out and never come back. */
export function useAccounts() {
  const queries = useQueryClient();
  const { withStepUp } = useStepUp();
  const { locale } = useI18n();
  const query = useQuery({
    queryKey: keys.accounts,
    queryFn: () => answer(client.GET("/api/accounts", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
  });

  async function changed<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await withStepUp(change);
    } finally {
      // Whoever waits for the change sees what the server made of it.
      await queries.invalidateQueries({ queryKey: keys.accounts });
    }
  }

  const at = (id: string) => ({ params: { path: { account_id: id } } });

  function create(body: Schemas["NewAccount"]): Promise<Account> {
    return changed(() => answer(client.POST("/api/accounts", { body })));
  }

  function replaceCredentials(id: string, body: Record<string, string>): Promise<Account> {
    return changed(() => answer(client.PUT("/api/accounts/{account_id}/credentials", { ...at(id), body })));
  }

  function setEnabled(id: string, isEnabled: boolean): Promise<Account> {
    return changed(() =>
      answer(isEnabled ? client.POST("/api/accounts/{account_id}/enable", at(id)) : client.POST("/api/accounts/{account_id}/disable", at(id))),
    );
  }

  /** Deletes an account; `leave` goes from its page before it is gone from the list. */
  async function remove(id: string, leave: () => Promise<unknown>): Promise<void> {
    await withStepUp(() => answer(client.DELETE("/api/accounts/{account_id}", at(id))));
    await leave();
    await queries.invalidateQueries({ queryKey: keys.accounts });
  }

  /** Has the account's worker connect to its venue; takes up to 10 s, and trades nothing. */
  function probe(id: string): Promise<Schemas["AccountProbeBody"]> {
    const headers = { "Accept-Language": locale.value };
    return answer(client.POST("/api/accounts/{account_id}/test", { ...at(id), headers }));
  }

  return {
    accounts: query.data,
    isPending: query.isPending,
    problem: useProblem(query),
    refetch: query.refetch,
    create,
    replaceCredentials,
    setEnabled,
    remove,
    probe,
  };
}
