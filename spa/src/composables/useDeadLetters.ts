import { useQuery, useQueryClient } from "@tanstack/vue-query";

import { answer, client, type DeadLetter } from "@/client";
import { keys } from "@/client/keys";
import { useStepUp } from "@/stores/stepUp";

import { useProblem } from "./useProblem";

// No event tells of them: they are rare, and asked for now and then.
const EVERY_MS = 30_000;

/** The messages that were set aside, and the two things that can be done with one. */
export function useDeadLetters() {
  const queries = useQueryClient();
  const stepUp = useStepUp();
  const query = useQuery({
    queryKey: keys.deadLetters,
    queryFn: () => answer(client.GET("/api/dead-letters", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
    refetchInterval: EVERY_MS,
  });

  async function settled<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      // Whatever the reply was, or if there was none: which letters are left is the server's to say.
      void queries.invalidateQueries({ queryKey: keys.deadLetters });
    }
  }

  /** Says it again; the key is the letter's own, so that a second press says it no second time. */
  function replay({ id }: DeadLetter): Promise<DeadLetter> {
    const params = { path: { letter_id: id }, header: { "Idempotency-Key": `replay-${id}` } };
    return settled(stepUp.withStepUp(() => answer(client.POST("/api/dead-letters/{letter_id}/replay", { params }))));
  }

  function discard({ id }: DeadLetter): Promise<DeadLetter> {
    const params = { path: { letter_id: id } };
    return settled(stepUp.withStepUp(() => answer(client.POST("/api/dead-letters/{letter_id}/discard", { params }))));
  }

  return { letters: query.data, isPending: query.isPending, problem: useProblem(query), refetch: query.refetch, replay, discard };
}
