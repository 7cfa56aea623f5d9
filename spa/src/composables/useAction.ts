import { ref, shallowRef, type Ref, type ShallowRef } from "vue";

import { problemOf, type ApiProblem } from "@/client";

export interface Action<A extends unknown[]> {
  run: (...given: A) => Promise<boolean>;
  isBusy: Ref<boolean>;
  problem: ShallowRef<ApiProblem | null>;
}

/** Something a person sets off: busy while it runs, and what went wrong. It never runs twice at once. */
export function useAction<A extends unknown[]>(work: (...given: A) => Promise<unknown>): Action<A> {
  const isBusy = ref(false);
  const problem = shallowRef<ApiProblem | null>(null);

  async function run(...given: A): Promise<boolean> {
    if (isBusy.value) return false;
    isBusy.value = true;
    problem.value = null;
    try {
      await work(...given);
      return true;
    } catch (thrown) {
      problem.value = problemOf(thrown);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  return { run, isBusy, problem };
}
