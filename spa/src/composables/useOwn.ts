import { computed, type ComputedRef, type Ref } from "vue";

import { ApiProblem } from "@/client";

/** The one of a list that an address names; a problem once the list is there without it. */
export function useOwn<T extends { id: string }>(
  list: Ref<readonly T[] | undefined>,
  id: Ref<string>,
  problem: Ref<ApiProblem | null>,
): { found: ComputedRef<T | undefined>; missing: ComputedRef<ApiProblem | null> } {
  const found = computed(() => list.value?.find((each) => each.id === id.value));
  const missing = computed(
    () => problem.value ?? (list.value && !found.value ? new ApiProblem(404, { code: "not_found" }) : null),
  );
  return { found, missing };
}
