import { useQuery } from "@tanstack/vue-query";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

export type Operations = Schemas["OperationsBody"];

const EVERY_MS = 10_000;

/** The whole system of all users: looked at every 10 s while somebody looks; no stream tells of it. */
export function useOperations() {
  const query = useQuery({
    queryKey: keys.operations,
    queryFn: () => answer(client.GET("/api/operations")),
    refetchInterval: EVERY_MS,
    staleTime: 0,
  });
  return { seen: query.data, isPending: query.isPending, isOld: query.isRefetchError, problem: useProblem(query), refetch: query.refetch };
}
