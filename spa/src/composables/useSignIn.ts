import { ref } from "vue";
import { useRoute, useRouter } from "vue-router";

import { answer, client, problemOf } from "@/client";
import { safeNext } from "@/router/next";
import { useSession } from "@/stores/session";

import { useAction } from "./useAction";

/** Signing in by password or by a one-time link; `needsCode` once the edge asks for the second factor. */
export function useSignIn(link: string) {
  const session = useSession();
  const route = useRoute();
  const router = useRouter();
  const email = ref("");
  const password = ref("");
  const code = ref("");
  const needsCode = ref(false);
  const isByLink = ref(link !== "");
  const isLinkUsed = ref(false);

  function ask() {
    const totp = code.value.trim() || null;
    return isByLink.value
      ? client.POST("/api/auth/link", { body: { token: link, totp } })
      : client.POST("/api/auth/sign-in", { body: { email: email.value, password: password.value, totp } });
  }

  const action = useAction(async () => {
    try {
      session.begin(await answer(ask()));
    } catch (thrown) {
      const { code: why } = problemOf(thrown);
      // A link that a wrong code was shown with is used up: the password is left.
      if (isByLink.value && why === "bad_credentials") [isByLink.value, isLinkUsed.value] = [false, true];
      if (why !== "totp_required") throw thrown;
      needsCode.value = true;
      return;
    }
    password.value = "";
    await router.replace(safeNext(route.query.next));
  });

  return { email, password, code, needsCode, isByLink, isLinkUsed, ...action };
}
