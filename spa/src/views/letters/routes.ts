import { MailX } from "@lucide/vue";
import type { RouteRecordRaw } from "vue-router";

export default [
  {
    path: "/dead-letters",
    name: "dead-letters",
    component: () => import("./DeadLettersView.vue"),
    meta: { title: "letters.title", nav: { order: 70, label: "letters.title", icon: MailX } },
  },
] satisfies RouteRecordRaw[];
