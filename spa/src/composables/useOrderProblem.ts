import { computed, type ComputedRef, type Ref } from "vue";

import { ApiProblem, type OrderDetail } from "@/client";

/** Why an order came to nothing, by its own code, in the words of every other refusal. */
export function useOrderProblem(order: Ref<OrderDetail | undefined>): ComputedRef<ApiProblem | null> {
  return computed(() => {
    const { error_code: code, error_message: message, trace_id } = order.value ?? {};
    return code ? new ApiProblem(200, { code, message: message ?? code, ...(trace_id && { trace_id }) }) : null;
  });
}
