import { onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { useI18n } from "vue-i18n";

import { answer, client, problemOf, type ApiProblem, type Schemas } from "@/client";

export type Preview = Schemas["PreviewBody"];

const PAUSE_MS = 250;

interface Explained {
  said: ShallowRef<Preview | null>;
  sent: Ref<string>;
  isAsking: Ref<boolean>;
  problem: ShallowRef<ApiProblem | null>;
}

/**
 * What an alert would mean and order, asked of the edge as the alert is typed; nothing is recorded.
 *
 * No cache holds it: an alert may carry a secret. `sent` is the text that `said` is about.
 */
export function useExplain(body: Ref<string>, strategyId: Ref<string>): Explained {
  const { locale } = useI18n();
  const said = shallowRef<Preview | null>(null);
  const sent = ref("");
  const isAsking = ref(false);
  const problem = shallowRef<ApiProblem | null>(null);
  let underWay = new AbortController();
  let timer = 0;

  async function ask(text: string, signal: AbortSignal): Promise<void> {
    try {
      const told = await answer(
        client.POST("/api/signals/explain", {
          params: { query: { strategy_id: strategyId.value } },
          body: text,
          bodySerializer: (raw: unknown) => String(raw),
          headers: { "Content-Type": "application/json", "Accept-Language": locale.value },
          signal,
        }),
      );
      [said.value, sent.value, problem.value] = [told, text, null];
    } catch (thrown) {
      if (signal.aborted) return;
      [said.value, problem.value] = [null, problemOf(thrown)];
    }
    isAsking.value = false;
  }

  function stop(): void {
    clearTimeout(timer);
    underWay.abort();
  }

  function begin(): void {
    stop();
    isAsking.value = body.value.trim() !== "";
    if (!isAsking.value) [said.value, sent.value, problem.value] = [null, "", null];
    else {
      const { signal } = (underWay = new AbortController());
      timer = window.setTimeout(() => void ask(body.value, signal), PAUSE_MS);
    }
  }

  watch([body, strategyId, locale], begin, { immediate: true });
  onBeforeUnmount(stop);
  return { said, sent, isAsking, problem };
}
