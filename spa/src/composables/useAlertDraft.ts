import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter } from "vue-router";

import { FRESH, PRESETS, type Draft } from "@/format/alert";

const NAMES = Object.keys(FRESH) as (keyof Draft)[];

/** What the alert builder holds: it stands in the address, so a link opens the same alert. */
export function useAlertDraft(): { draft: ComputedRef<Draft>; change: (part: Partial<Draft>) => void } {
  const route = useRoute();
  const router = useRouter();

  const draft = computed(() => {
    const found: Draft = { ...FRESH };
    for (const name of NAMES) {
      const value = route.query[name];
      if (typeof value === "string") Object.assign(found, { [name]: value });
    }
    return PRESETS.includes(found.preset) ? found : { ...found, preset: FRESH.preset };
  });

  function change(part: Partial<Draft>): void {
    const wanted = { ...draft.value, ...part };
    const query = NAMES.filter((name) => wanted[name] !== FRESH[name]).map((name) => [name, wanted[name]]);
    void router.replace({ query: Object.fromEntries(query) as Record<string, string> });
  }

  return { draft, change };
}
