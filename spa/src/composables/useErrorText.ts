import { computed, shallowReactive, toValue, watchEffect, type ComputedRef, type MaybeRefOrGetter } from "vue";
import { useI18n } from "vue-i18n";

import type { ApiProblem } from "@/client";

interface ErrorText {
  meaning: string;
  mend: string;
}

type Texts = Record<string, ErrorText>;

const load: Record<string, () => Promise<{ default: Texts }>> = {
  en: () => import("virtual:error-texts/en"),
  "zh-TW": () => import("virtual:error-texts/zh-TW"),
};

// Kept for all who ask: a row that comes into sight shows its words at once.
const loaded = shallowReactive<Record<string, Texts>>({});

/** What an error code means and how it is mended, in the reader's language, out of docs/errors. */
export function useErrorText(
  problem: MaybeRefOrGetter<Pick<ApiProblem, "code" | "message"> | null>,
): ComputedRef<ErrorText> {
  const { locale, t } = useI18n();
  watchEffect(() => {
    const wanted = locale.value;
    if (toValue(problem) === null || loaded[wanted]) return;
    void load[wanted]?.().then(({ default: texts }) => (loaded[wanted] = texts));
  });
  return computed(() => {
    const told = toValue(problem);
    if (told?.code === "unreachable") return { meaning: t("base.unreachable"), mend: t("base.unreachableHint") };
    return loaded[locale.value]?.[told?.code ?? ""] ?? { meaning: told?.message ?? "", mend: "" };
  });
}
