import { Wallet } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/accounts",
    name: "accounts",
    component: () => import("./AccountsView.vue"),
    meta: { title: "accounts.title", nav: { order: 60, label: "accounts.title", icon: Wallet } },
  },
  { path: "/accounts/new", name: "new-account", component: () => import("./NewAccountView.vue"), meta: { title: "accounts.new" } },
  { path: "/accounts/:id", name: "account", component: () => import("./AccountView.vue"), props: true, meta: { title: "accounts.detail" } },
] satisfies RouteRecordRaw[];
