import { Radio } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/signals",
    name: "signals",
    component: () => import("./SignalsView.vue"),
    meta: { title: "signals.title", nav: { order: 40, label: "signals.title", icon: Radio } },
  },
  { path: "/signals/:id", name: "signal", component: () => import("./SignalView.vue"), props: true, meta: { title: "signals.detail" } },
] satisfies RouteRecordRaw[];
