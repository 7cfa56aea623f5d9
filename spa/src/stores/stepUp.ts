/** The second factor, asked for again where money hangs on it, wherever in the page that is. */
import { defineStore } from "pinia";
import { ref } from "vue";

import { problemOf } from "@/client";

export const useStepUp = defineStore("stepUp", () => {
  const isAsking = ref(false);
  let settle: (isShown: boolean) => void = () => undefined;

  function ask(): Promise<boolean> {
    settle(false);
    isAsking.value = true;
    return new Promise((resolve) => { settle = resolve; });
  }

  function finish(isShown: boolean): void {
    isAsking.value = false;
    settle(isShown);
  }

  /** Runs a change; where the edge wants the second factor first, asks for it and runs it once more. */
  async function withStepUp<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } catch (thrown) {
      if (problemOf(thrown).code !== "step_up_required" || !(await ask())) throw thrown;
      return change();
    }
  }

  return { isAsking, finish, withStepUp };
});
