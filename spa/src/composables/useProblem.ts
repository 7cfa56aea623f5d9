import { computed, type ComputedRef, type Ref } from "vue";

import { problemOf, type ApiProblem } from "@/client";

/** Why a query has nothing to show; what was shown before stays, and the header says that it is old. */
export function useProblem(query: { error: Ref<unknown>; isLoadingError: Ref<boolean> }): ComputedRef<ApiProblem | null> {
  return computed(() => (query.isLoadingError.value ? problemOf(query.error.value) : null));
}
