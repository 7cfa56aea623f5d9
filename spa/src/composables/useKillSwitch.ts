import { useQuery, useQueryClient } from "@tanstack/vue-query";

import { answer, client, type Schemas } from "@/client";
import { keys } from "@/client/keys";
import { useStepUp } from "@/stores/stepUp";

export type SwitchState = Schemas["SwitchBody"];

/** The kill switch as the server has it, and the two ways to set it. */
export function useKillSwitch() {
  const queries = useQueryClient();
  const stepUp = useStepUp();
  const { data: state, isError } = useQuery({
    queryKey: keys.killSwitch,
    queryFn: () => answer(client.GET("/api/kill-switch")),
  });

  async function set(body: Schemas["SwitchWish"]): Promise<SwitchState> {
    try {
      const told = await stepUp.withStepUp(() => answer(client.POST("/api/kill-switch", { body })));
      queries.setQueryData(keys.killSwitch, told);
      return told;
    } finally {
      // Whatever the reply was, or if there was none: how it stands is the server's to say.
      void queries.invalidateQueries({ queryKey: keys.killSwitch });
    }
  }

  return { state, isError, set };
}
