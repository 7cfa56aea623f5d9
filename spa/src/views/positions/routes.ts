import { Layers } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/positions",
    name: "positions",
    component: () => import("./PositionsView.vue"),
    meta: { title: "positions.title", nav: { order: 50, label: "positions.title", icon: Layers } },
  },
] satisfies RouteRecordRaw[];
