/** Whether what is on the screen is live. */
import { defineStore } from "pinia";
import { ref } from "vue";

export type Connection = "connecting" | "live" | "lost" | "paused";

export const useConnection = defineStore("connection", () => {
  const state = ref<Connection>("connecting");
  return { state };
});
