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
      retry: (failures, thrown) => failures < MOST_RETRIES && ![400, 401, 403, 404].includes(problemOf(thrown).status),
    },
  },
});

const app = createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient });
const preferences = usePreferences();
await preferences.speak(preferences.locale);
app.use(router).mount("#app");
