import { LayoutDashboard } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/",
    name: "overview",
    component: () => import("./OverviewView.vue"),
    meta: { title: "overview.title", nav: { order: 10, label: "overview.title", icon: LayoutDashboard } },
  },
] satisfies RouteRecordRaw[];
