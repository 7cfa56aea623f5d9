import { useQueryClient } from "@tanstack/vue-query";
import { computed, ref, shallowRef } from "vue";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";
import { useSession } from "@/stores/session";
import { useStepUp } from "@/stores/stepUp";

import { useAction } from "./useAction";

/** The second factor: its seed and recovery codes live here, no longer than the part of the page does. */
export function useTotp() {
  const session = useSession();
  const stepUp = useStepUp();
  const queries = useQueryClient();
  const seed = shallowRef<Schemas["EnrolmentBody"] | null>(null);
  const recovery = shallowRef<readonly string[]>([]);
  const code = ref("");

  /** What the session may do hangs on the second factor: it is told anew who is signed in. */
  function begin(told: Schemas["SignedInBody"]): void {
    session.begin(told);
    void queries.invalidateQueries({ queryKey: keys.audit });
  }

  const enroll = useAction(async () => {
    code.value = "";
    seed.value = await answer(client.POST("/api/auth/totp/enroll"));
  });

  const confirm = useAction(async () => {
    const told = await answer(client.POST("/api/auth/totp/confirm", { body: { totp: code.value.trim() } }));
    recovery.value = told.recovery_codes;
    seed.value = null;
    code.value = "";
    begin(told);
  });

  const disable = useAction(async () => {
    await stepUp.withStepUp(() => answer(client.POST("/api/auth/totp/disable")));
    recovery.value = [];
    begin(await answer(client.GET("/api/auth/session")));
  });

  function cancel(): void {
    seed.value = null;
    code.value = "";
    confirm.problem.value = null;
  }

  return {
    isOn: computed(() => session.user?.has_totp ?? false),
    seed, recovery, code, enroll, confirm, disable, cancel,
    forgetRecovery: () => { recovery.value = []; },
  };
}
