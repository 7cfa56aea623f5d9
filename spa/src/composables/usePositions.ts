import { useQuery } from "@tanstack/vue-query";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

/** What every account holds, by the fills recorded; a fill has it read anew. */
export function usePositions() {
  const query = useQuery({
    queryKey: keys.positions,
    queryFn: () => answer(client.GET("/api/positions", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
  });
  return { positions: query.data, isPending: query.isPending, problem: useProblem(query), refetch: query.refetch };
}
