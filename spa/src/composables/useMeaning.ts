import { useQuery } from "@tanstack/vue-query";
import { computed, type Ref } from "vue";
import { useI18n } from "vue-i18n";

import { answer, client, type Signal } from "@/client";
import { keys } from "@/client/keys";

/** What a recorded alert says in words: its masked body, read once more. It is read, not recorded. */
export function useMeaning(signal: Ref<Signal | null | undefined>) {
  const { locale } = useI18n();
  const { data: meaning, isLoading } = useQuery({
    queryKey: computed(() => keys.meaning(signal.value?.id ?? "", locale.value)),
    queryFn: () =>
      answer(
        client.POST("/api/signals/explain", {
          body: signal.value?.body,
          bodySerializer: (raw: unknown) => String(raw),
          headers: { "Content-Type": "application/json", "Accept-Language": locale.value },
        }),
      ),
    enabled: computed(() => Boolean(signal.value?.body)),
    staleTime: Infinity,
  });
  return { meaning, isLoading };
}
