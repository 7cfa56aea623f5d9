/** Who is signed in, as the edge says; the cookie itself is out of any script's reach. */
import { defineStore } from "pinia";
import { computed, ref } from "vue";

import { answer, client, problemOf, type Schemas } from "@/client";
import { setCsrfToken } from "@/client/csrf";

type User = Schemas["UserBody"];

export const useSession = defineStore("session", () => {
  const user = ref<User | null>(null);
  const isKnown = ref(false);
  const isSignedIn = computed(() => user.value !== null);

  /** Whether a page for this role, or for nobody in particular, is the user's. */
  function has(role: string | undefined): boolean {
    return role === undefined || (user.value?.roles.includes(role) ?? false);
  }

  function begin(told: Schemas["SignedInBody"]): void {
    user.value = told.user;
    isKnown.value = true;
    setCsrfToken(told.csrf_token);
  }

  function end(): void {
    user.value = null;
    isKnown.value = true;
    setCsrfToken("");
  }

  /** Asks once who is signed in; throws where the edge cannot be asked. */
  async function find(): Promise<void> {
    if (isKnown.value) return;
    try {
      begin(await answer(client.GET("/api/auth/session")));
    } catch (thrown) {
      if (problemOf(thrown).status !== 401) throw thrown;
      end();
    }
  }

  async function signOut(): Promise<void> {
    await answer(client.POST("/api/auth/sign-out"));
    end();
  }

  return { user, isSignedIn, has, begin, end, find, signOut };
});
