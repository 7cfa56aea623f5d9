import { computed, type ComputedRef, type Ref } from "vue";

import { ApiProblem, type OrderDetail } from "@/client";

/** Why an order came to nothing, by its own code, in the words of every other refusal. */
export function useOrderProblem(order: Ref<OrderDetail | undefined>): ComputedRef<ApiProblem | null> {
  return computed(() => {
    const { error_message: message, trace_id } = order.value ?? {};
    const code = codeOf(order.value);
    return code ? new ApiProblem(200, { code, message: message ?? code, ...(trace_id && { trace_id }) }) : null;
  });
}

/** What ran out of time unsent has a code; rows of earlier versions tell it by their state alone. */
function codeOf(order: OrderDetail | undefined): string | null {
  if (!order) return null;
  return order.error_code ?? (order.state === "expired" && order.broker_order_id === null ? "expired" : null);
}
