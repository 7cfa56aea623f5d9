import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

export type Operations = Schemas["OperationsBody"];
export type Worker = Schemas["WorkerBody"];

const EVERY_MS = 10_000;

/** The pool and the queues of all users, and one's own workers: looked at every 10 s while somebody looks. */
export function useOperations() {
  const system = useQuery({
    queryKey: keys.operations,
    queryFn: () => answer(client.GET("/api/operations")),
    refetchInterval: EVERY_MS,
    staleTime: 0,
  });
  const mine = useQuery({
    queryKey: keys.workers,
    queryFn: () => answer(client.GET("/api/workers", { params: { query: { limit: 200 } } })),
    refetchInterval: EVERY_MS,
    select: (page) => page.items,
  });
  const troubles = [useProblem(system), useProblem(mine)];

  return {
    seen: system.data,
    workers: mine.data,
    isPending: computed(() => system.isPending.value || mine.isPending.value),
    isOld: computed(() => system.isRefetchError.value || mine.isRefetchError.value),
    problem: computed(() => troubles.find(({ value }) => value !== null)?.value ?? null),
    refetch: () => Promise.all([system.refetch(), mine.refetch()]),
  };
}
