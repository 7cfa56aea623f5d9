import { useQuery, useQueryClient } from "@tanstack/vue-query";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";
import { useStepUp } from "@/stores/stepUp";

import { useProblem } from "./useProblem";

/** The user's strategies, and what is done with them; a reply with a whole address is kept nowhere. */
export function useStrategies() {
  const queries = useQueryClient();
  const { withStepUp } = useStepUp();
  const query = useQuery({
    queryKey: keys.strategies,
    queryFn: () => answer(client.GET("/api/strategies", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
  });

  async function changed<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await withStepUp(change);
    } finally {
      // Whoever waits for the change sees what the server made of it.
      await queries.invalidateQueries({ queryKey: keys.strategies });
    }
  }

  function create(body: Schemas["NewStrategy"]): Promise<Schemas["StrategyBody"]> {
    return changed(() => answer(client.POST("/api/strategies", { body })));
  }

  function change(id: string, body: Schemas["StrategyChange"]): Promise<Schemas["StrategyBody"]> {
    return changed(() => answer(client.PATCH("/api/strategies/{strategy_id}", { params: { path: { strategy_id: id } }, body })));
  }

  function setActive(id: string, isActive: boolean): Promise<Schemas["StrategyBody"]> {
    const path = { params: { path: { strategy_id: id } } };
    return changed(() =>
      answer(isActive ? client.POST("/api/strategies/{strategy_id}/resume", path) : client.POST("/api/strategies/{strategy_id}/pause", path)),
    );
  }

  function rotate(id: string, graceS: number): Promise<Schemas["RotatedBody"]> {
    const given = { params: { path: { strategy_id: id } }, body: { grace_s: graceS } };
    return changed(() => answer(client.POST("/api/strategies/{strategy_id}/rotate-token", given)));
  }

  return {
    strategies: query.data,
    isPending: query.isPending,
    problem: useProblem(query),
    refetch: query.refetch,
    create,
    change,
    setActive,
    rotate,
  };
}
