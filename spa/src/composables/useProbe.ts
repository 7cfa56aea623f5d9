import { onBeforeUnmount, ref, shallowRef } from "vue";

import type { Schemas } from "@/client";

import { useAccounts } from "./useAccounts";
import { useAction } from "./useAction";

/** For how long the edge waits for a worker's answer. */
export const PROBE_S = 10;

/** Tests an account's connection; `seconds` says for how long it has been asked. */
export function useProbe(id: () => string) {
  const { probe } = useAccounts();
  const found = shallowRef<Schemas["AccountProbeBody"] | null>(null);
  const seconds = ref(0);
  let timer = 0;

  const action = useAction(async () => {
    found.value = null;
    seconds.value = 0;
    timer = window.setInterval(() => (seconds.value += 1), 1000);
    try {
      found.value = await probe(id());
    } finally {
      clearInterval(timer);
    }
  });
  onBeforeUnmount(() => { clearInterval(timer); });
  return { found, seconds, ...action };
}
