import { computed, type ComputedRef } from "vue";

import { ownZone, type Zone } from "@/format/time";
import { usePreferences } from "@/stores/preferences";

import { useReaderZone } from "./useReaderZone";

/** The zone that a reader counts days in: this device's where times are shown so, else the reader's. */
export function useDayZone(): ComputedRef<Zone> {
  const preferences = usePreferences();
  const zone = useReaderZone();
  return computed(() => (preferences.times === "own" ? ownZone() : zone.value));
}
