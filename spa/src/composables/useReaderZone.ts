import { computed, type ComputedRef } from "vue";
import { useI18n } from "vue-i18n";

import type { Zone } from "@/format/time";

/** The zone for what happened at no exchange: a reader's of Taiwan is Taipei's. */
export function useReaderZone(): ComputedRef<Zone> {
  const { locale } = useI18n();
  return computed(() => (locale.value === "zh-TW" ? "Asia/Taipei" : "UTC"));
}
