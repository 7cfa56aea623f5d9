import type { RouteRecordRaw } from "vue-router";

export default [
  { path: "/unreachable", name: "unreachable", component: () => import("./UnreachableView.vue"), meta: { title: "base.unreachable", isPublic: true } },
  { path: "/:missing(.*)*", name: "missing", component: () => import("./MissingView.vue"), meta: { title: "base.notFound" } },
] satisfies RouteRecordRaw[];
