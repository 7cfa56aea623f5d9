import type { RouteRecordRaw } from "vue-router";

export default [
  { path: "/sign-in", name: "sign-in", component: () => import("./SignInView.vue"), meta: { title: "auth.signInTitle", isPublic: true } },
  { path: "/sign-up", name: "sign-up", component: () => import("./SignUpView.vue"), meta: { title: "auth.signUpTitle", isPublic: true } },
  { path: "/verify", name: "verify", component: () => import("./VerifyView.vue"), meta: { title: "auth.verifyTitle", isPublic: true } },
  { path: "/forgot", name: "forgot", component: () => import("./ForgotView.vue"), meta: { title: "auth.forgotTitle", isPublic: true } },
  { path: "/reset", name: "reset", component: () => import("./ResetView.vue"), meta: { title: "auth.resetTitle", isPublic: true } },
] satisfies RouteRecordRaw[];
