/** Every folder of `views` brings its own `routes.ts`; the guard asks who is signed in. */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";

import { useSession } from "@/stores/session";

import "./meta";
import { safeNext } from "./next";

const areas = import.meta.glob<RouteRecordRaw[]>("../views/*/routes.ts", { eager: true, import: "default" });

export const routes: RouteRecordRaw[] = Object.values(areas).flat();

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach(async (to) => {
  const session = useSession();
  try {
    await session.find();
  } catch {
    // The edge cannot be asked: public pages show by themselves, the others say so.
    return to.meta.isPublic || to.name === "unreachable" ? true : { name: "unreachable", query: { next: to.fullPath } };
  }
  if (to.meta.isPublic) return true;
  if (session.isSignedIn) return session.has(to.meta.role) || { name: "missing", params: { missing: to.path.slice(1).split("/") } };
  return { name: "sign-in", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
});

/** Sends whoever's session ended to the door, and remembers the page. */
export async function toTheDoor(): Promise<void> {
  const here = router.currentRoute.value;
  if (here.meta.isPublic) return;
  await router.replace({ name: "sign-in", query: { next: safeNext(here.fullPath), ended: "1" } });
}
