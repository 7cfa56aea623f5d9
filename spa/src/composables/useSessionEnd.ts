import { useQueryClient } from "@tanstack/vue-query";

import { problemOf } from "@/client";
import { forgetTold } from "@/live/newest";
import { router, toTheDoor } from "@/router";
import { useSession } from "@/stores/session";
import { useToasts } from "@/stores/toasts";
import { useI18n } from "vue-i18n";

/** Leaving: nothing of the user's stays in the page. */
export function useSessionEnd() {
  const queries = useQueryClient();
  const session = useSession();
  const toasts = useToasts();
  const { t } = useI18n();

  function forget(): void {
    session.end();
    queries.clear();
    forgetTold();
  }

  /** The edge does not know the session any more. */
  function expire(): void {
    if (!session.isSignedIn) return;
    session.end();
    void toTheDoor().then(forget);
  }

  async function signOut(): Promise<void> {
    try {
      await session.signOut();
      await router.push({ name: "sign-in" });
      forget();
    } catch (thrown) {
      toasts.warn(t("base.failed"), problemOf(thrown));
    }
  }

  return { expire, signOut };
}
