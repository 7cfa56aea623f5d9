import { useQuery, useQueryClient } from "@tanstack/vue-query";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";
import { useStepUp } from "@/stores/stepUp";

import { useProblem } from "./useProblem";

export type ApiKey = Schemas["KeyBody"];

/** API keys; what makes one hands the secret to its caller alone, and keeps it nowhere. */
export function useApiKeys() {
  const queries = useQueryClient();
  const stepUp = useStepUp();
  const query = useQuery({
    queryKey: keys.apiKeys,
    queryFn: () => answer(client.GET("/api/api-keys", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
  });

  function changed(): void {
    void queries.invalidateQueries({ queryKey: keys.apiKeys });
    void queries.invalidateQueries({ queryKey: keys.audit });
  }

  async function create(body: Schemas["KeyWish"]): Promise<string> {
    try {
      const made = await stepUp.withStepUp(() => answer(client.POST("/api/api-keys", { body })));
      return made.key;
    } finally {
      changed();
    }
  }

  async function revoke(id: string): Promise<void> {
    try {
      const params = { path: { key_id: id } };
      await stepUp.withStepUp(() => answer(client.DELETE("/api/api-keys/{key_id}", { params })));
    } finally {
      changed();
    }
  }

  return { keys: query.data, isPending: query.isPending, problem: useProblem(query), create, revoke };
}
