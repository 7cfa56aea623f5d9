import { useQuery } from "@tanstack/vue-query";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";

/** The signed-in user as the server has it now: a second factor may have come since the sign-in. */
export function useOwnSession() {
  const { data: user } = useQuery({
    queryKey: keys.session,
    queryFn: () => answer(client.GET("/api/auth/session")),
    select: (told) => told.user,
  });
  return { user };
}
