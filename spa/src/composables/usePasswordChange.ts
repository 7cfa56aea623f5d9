import { useQueryClient } from "@tanstack/vue-query";
import { ref } from "vue";

import { answer, client } from "@/client";
import { keys } from "@/client/keys";
import { useSession } from "@/stores/session";

import { useAction } from "./useAction";

/** A new password: every other session ends by it, and this one begins anew. */
export function usePasswordChange(onDone: () => void) {
  const session = useSession();
  const queries = useQueryClient();
  const current = ref("");
  const wanted = ref("");

  const action = useAction(async () => {
    const body = { current_password: current.value, new_password: wanted.value };
    session.begin(await answer(client.POST("/api/auth/password", { body })));
    current.value = "";
    wanted.value = "";
    void queries.invalidateQueries({ queryKey: keys.sessions });
    void queries.invalidateQueries({ queryKey: keys.audit });
    onDone();
  });

  return { current, wanted, ...action };
}
