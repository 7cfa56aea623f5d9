import { shallowRef, type Ref } from "vue";

import { useI18n } from "vue-i18n";

import { answer, client, type Schemas } from "@/client";

import { useAction } from "./useAction";

/** Sends a strategy a test alert: it goes the way of a webhook, is recorded, and its orders are paper orders. */
export function useTestAlert(strategyId: () => string, body: Ref<string>) {
  const { locale } = useI18n();
  const reply = shallowRef<Schemas["SignalReply"] | null>(null);

  const action = useAction(async () => {
    reply.value = null;
    reply.value = await answer(
      client.POST("/api/strategies/{strategy_id}/test", {
        params: { path: { strategy_id: strategyId() } },
        body: body.value,
        bodySerializer: (raw: unknown) => String(raw),
        headers: { "Content-Type": "application/json", "Accept-Language": locale.value },
      }),
    );
  });
  return { reply, ...action };
}
