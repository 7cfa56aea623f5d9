import "@/styles/main.css";

import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createPinia } from "pinia";
import { createApp } from "vue";

import App from "@/App.vue";
import { problemOf } from "@/client";
import { i18n } from "@/i18n";
import { router } from "@/router";
import { usePreferences } from "@/stores/preferences";

const FRESH_MS = 30_000;
const MOST_RETRIES = 2;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream says what changed; asking again is for what it does not carry.
      staleTime: FRESH_MS,
      // What was fetched is replaced and never changed: watching each field of 10,000 orders costs seconds.
      shallow: true,
      retry: (failures, thrown) => failures < MOST_RETRIES && ![400, 401, 403, 404].includes(problemOf(thrown).status),
    },
  },
});

// A newer build took the place of the one that this page is from: load the page anew, once a minute.
window.addEventListener("vite:preloadError", () => {
  const last = Number(sessionStorage.getItem("4pass.reloaded") ?? 0);
  if (!navigator.onLine || Date.now() - last < 60_000) return;
  sessionStorage.setItem("4pass.reloaded", String(Date.now()));
  location.reload();
});

const app = createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient });
const preferences = usePreferences();
await preferences.speak(preferences.locale);
app.use(router).mount("#app");
