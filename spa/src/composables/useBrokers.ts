import { useQuery } from "@tanstack/vue-query";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";

import { useProblem } from "./useProblem";

export type Broker = Schemas["BrokerBody"];
export type BrokerField = Schemas["FieldBody"];

/** What an account can be opened at, and the credentials that each broker asks for. */
export function useBrokers() {
  const query = useQuery({
    queryKey: keys.brokers,
    queryFn: () => answer(client.GET("/api/brokers")),
    select: ({ items }) => items,
    staleTime: Infinity,
  });
  return { brokers: query.data, isPending: query.isPending, problem: useProblem(query), refetch: query.refetch };
}
