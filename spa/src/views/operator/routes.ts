import { Activity } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/operator",
    name: "operator",
    component: () => import("./OperatorView.vue"),
    meta: { title: "operator.title", role: "operator", nav: { order: 90, label: "operator.title", icon: Activity } },
  },
] satisfies RouteRecordRaw[];
