import { onBeforeUnmount, ref, shallowRef, type Ref } from "vue";

import { answer, client, type Schemas } from "@/client";

import { useAction } from "./useAction";

const TOKEN = /\/webhook\/tradingview\/(wh_[\w-]+)\/?$/;

/** Returns the token at the end of a webhook's address; nothing where there is none. */
export function tokenIn(address: string): string {
  return TOKEN.exec(address.trim())?.[1] ?? "";
}

/** Sends an alert to the real webhook, as TradingView would: it is recorded, and its orders are placed. */
export function useTestAlert(body: Ref<string>, given: () => string) {
  const pasted = ref("");
  const reply = shallowRef<Schemas["SignalReply"] | null>(null);

  const action = useAction(async () => {
    reply.value = null;
    const path = { token: tokenIn(given() || pasted.value) };
    reply.value = await answer(
      client.POST("/webhook/tradingview/{token}", {
        params: { path },
        body: body.value,
        bodySerializer: (raw: unknown) => String(raw),
        headers: { "Content-Type": "application/json" },
      }),
    );
  });
  onBeforeUnmount(() => (pasted.value = ""));
  return { pasted, reply, ...action };
}
