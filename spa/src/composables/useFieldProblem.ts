import { toValue, type MaybeRefOrGetter } from "vue";
import { useI18n } from "vue-i18n";

import type { ApiProblem } from "@/client";

import { useErrorText } from "./useErrorText";

/**
 * What stands at a form's field that the server refused.
 *
 * Its message names the bounds, in English; another language has what the code means.
 */
export function useFieldProblem(problem: MaybeRefOrGetter<ApiProblem | null>): (field: string) => string {
  const { locale } = useI18n();
  const text = useErrorText(problem);

  return (field) => {
    const told = toValue(problem);
    if (told?.field !== field) return "";
    return locale.value === "en" ? told.message : text.value.meaning;
  };
}
