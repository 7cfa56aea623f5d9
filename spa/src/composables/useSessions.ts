import { useQuery, useQueryClient } from "@tanstack/vue-query";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";

import { useAction } from "./useAction";
import { useProblem } from "./useProblem";

/** Where the user is signed in, and ending that. */
export function useSessions() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: keys.sessions,
    queryFn: () => answer(client.GET("/api/auth/sessions", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
  });

  async function ended(): Promise<void> {
    void queries.invalidateQueries({ queryKey: keys.audit });
    await queries.invalidateQueries({ queryKey: keys.sessions });
  }

  const revoke = useAction(async (id: string) => {
    try {
      await answer(client.DELETE("/api/auth/sessions/{session_id}", { params: { path: { session_id: id } } }));
    } finally {
      await ended();
    }
  });

  const revokeOthers = useAction(async () => {
    try {
      await answer(client.DELETE("/api/auth/sessions"));
    } finally {
      await ended();
    }
  });

  return { sessions: query.data, isPending: query.isPending, problem: useProblem(query), revoke, revokeOthers };
}
