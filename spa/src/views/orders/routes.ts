import { ListOrdered } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/orders",
    name: "orders",
    component: () => import("./OrdersView.vue"),
    meta: { title: "orders.title", nav: { order: 30, label: "orders.title", icon: ListOrdered } },
  },
  { path: "/orders/:id", name: "order", component: () => import("./OrderView.vue"), props: true, meta: { title: "orders.detail" } },
] satisfies RouteRecordRaw[];
