/** How this browser shows things: kept here alone, never at the server. */
import { defineStore } from "pinia";
import { ref, watchEffect } from "vue";

import { i18n, LOCALES, preferredLocale, showIn, type Locale } from "@/i18n";

export type Theme = "dark" | "light";
export type Colours = "green-up" | "red-up";
/** Whose clock times are shown by: each exchange's, or this device's. */
export type Times = "exchange" | "own";

const THEMES: readonly Theme[] = ["dark", "light"];
const COLOURS: readonly Colours[] = ["green-up", "red-up"];
const TIMES: readonly Times[] = ["exchange", "own"];

function kept<T extends string>(name: string, known: readonly T[], otherwise: T): T {
  const found = localStorage.getItem(`4pass.${name}`);
  return known.find((each) => each === found) ?? otherwise;
}

export const usePreferences = defineStore("preferences", () => {
  const locale = ref<Locale>(kept("locale", LOCALES, preferredLocale()));
  const theme = ref<Theme>(kept("theme", THEMES, "dark"));
  const colours = ref<Colours>(kept("colours", COLOURS, locale.value === "zh-TW" ? "red-up" : "green-up"));
  const times = ref<Times>(kept("times", TIMES, "exchange"));

  watchEffect(() => {
    const page = document.documentElement.dataset;
    page.theme = theme.value;
    page.colours = colours.value;
    localStorage.setItem("4pass.theme", theme.value);
    localStorage.setItem("4pass.colours", colours.value);
    localStorage.setItem("4pass.times", times.value);
  });

  async function speak(wanted: Locale): Promise<void> {
    await showIn(wanted).catch((failed: unknown) => {
      // Without its words a language cannot be shown; what stands on the screen stays.
      if (!i18n.global.availableLocales.length) throw failed;
      wanted = locale.value;
    });
    locale.value = wanted;
    localStorage.setItem("4pass.locale", wanted);
  }

  return { locale, theme, colours, times, speak };
});
