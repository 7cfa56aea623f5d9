import { useQueryClient } from "@tanstack/vue-query";
import { onBeforeUnmount, onMounted } from "vue";

import { applyEvent, heal } from "@/live/apply";
import { follow } from "@/live/follow";
import { useConnection } from "@/stores/connection";

/** Keeps the caches live while the component stands: once, in the shell. */
export function useLive(onRefused: () => void): void {
  const queries = useQueryClient();
  const connection = useConnection();
  const end = new AbortController();

  onMounted(() => {
    connection.state = "connecting";
    void follow(
      {
        onOpen: (resumed) => {
          connection.state = "live";
          heal(queries, resumed);
        },
        onEvent: (event) => { applyEvent(queries, event); },
        onPaused: () => (connection.state = "paused"),
        onLost: () => (connection.state = "lost"),
        onRefused,
      },
      end.signal,
    );
  });
  onBeforeUnmount(() => { end.abort(); });
}
