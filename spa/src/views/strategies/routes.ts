import { Webhook } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/strategies",
    name: "strategies",
    component: () => import("./StrategiesView.vue"),
    meta: { title: "strategies.title", nav: { order: 20, label: "strategies.title", icon: Webhook } },
  },
  { path: "/strategies/new", name: "new-strategy", component: () => import("./NewStrategyView.vue"), meta: { title: "strategies.new" } },
  {
    path: "/strategies/:id/:tab(alert|explain|test|settings)?",
    name: "strategy",
    component: () => import("./StrategyView.vue"),
    props: true,
    meta: { title: "strategies.detail" },
  },
] satisfies RouteRecordRaw[];
