import { useQueryClient } from "@tanstack/vue-query";

import { answer, client, type Order, type Schemas } from "@/client";
import { keys } from "@/client/keys";

export type Outcome = Schemas["ReviewOutcome"];

/** What a person can do about an order: take it back, or say how it ended where no venue tells. */
export function useOrderActions() {
  const queries = useQueryClient();

  async function settled<T>(id: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      // Whatever the reply was, or if there was none: how the order stands is the server's to say.
      void queries.invalidateQueries({ queryKey: keys.order(id) });
      void queries.invalidateQueries({ queryKey: keys.orders });
    }
  }

  function cancel(id: string): Promise<Order> {
    const params = { path: { order_id: id } };
    return settled(id, answer(client.POST("/api/orders/{order_id}/cancel", { params })));
  }

  function resolve(id: string, outcome: Outcome): Promise<Order> {
    const params = { path: { order_id: id } };
    return settled(id, answer(client.POST("/api/orders/{order_id}/resolve", { params, body: { outcome } })));
  }

  return { cancel, resolve };
}
