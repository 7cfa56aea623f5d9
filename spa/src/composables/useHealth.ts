import { useQuery } from "@tanstack/vue-query";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

const EVERY_MS = 30_000;

/** Whether the edge has all that it needs, and the user's workers as they are. */
export function useHealth() {
  const ready = useQuery({
    queryKey: keys.health,
    queryFn: () => answer(client.GET("/health/ready")),
    refetchInterval: EVERY_MS,
    retry: false,
  });
  const workers = useQuery({
    queryKey: keys.workers,
    queryFn: () => answer(client.GET("/api/workers", { params: { query: { limit: 50 } } })),
    select: (page) => page.items.filter(({ state }) => state !== "gone"),
  });
  return { ready: ready.data, isDown: ready.isError, workers: workers.data, problem: useProblem(workers) };
}
