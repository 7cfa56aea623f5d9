import { ShieldCheck } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/security",
    name: "security",
    component: () => import("./SecurityView.vue"),
    meta: { title: "security.title", nav: { order: 80, label: "security.title", icon: ShieldCheck } },
  },
  { path: "/security/audit", name: "audit", component: () => import("./AuditView.vue"), meta: { title: "security.audit" } },
] satisfies RouteRecordRaw[];
