/** Short notes at the edge of the screen; what went wrong stays until it is put away. */
import { defineStore } from "pinia";
import { ref } from "vue";

import type { ApiProblem } from "@/client";

export interface Toast {
  id: number;
  tone: "good" | "bad";
  text: string;
  problem?: ApiProblem;
}

const SHOWN_MS = 5000;

export const useToasts = defineStore("toasts", () => {
  const shown = ref<Toast[]>([]);
  let last = 0;

  function dismiss(id: number): void {
    shown.value = shown.value.filter((toast) => toast.id !== id);
  }

  function tell(text: string): void {
    const id = ++last;
    shown.value.push({ id, tone: "good", text });
    setTimeout(() => { dismiss(id); }, SHOWN_MS);
  }

  function warn(text: string, problem?: ApiProblem): void {
    shown.value.push({ id: ++last, tone: "bad", text, ...(problem && { problem }) });
  }

  return { shown, tell, warn, dismiss };
});
