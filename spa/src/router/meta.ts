import type { Component } from "vue";
import "vue-router";

/** A place in the navigation. */
export interface NavPlace {
  order: number;
  label: string;
  icon: Component;
}

declare module "vue-router" {
  interface RouteMeta {
    /** Key of the page's title. */
    title: string;
    /** Open to who is not signed in, and shown without the shell. */
    isPublic?: boolean;
    nav?: NavPlace;
    /** Only for who has this role; to all others there is no such page. */
    role?: "operator";
  }
}
