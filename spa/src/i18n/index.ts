/** The languages; each is one chunk, made of a file an area (`en/orders.json`), loaded when asked for. */
import { createI18n } from "vue-i18n";

import type { Words } from "./en";

export const LOCALES = ["en", "zh-TW"] as const;
export type Locale = (typeof LOCALES)[number];

const load: Record<Locale, () => Promise<{ default: Words }>> = {
  en: () => import("./en"),
  "zh-TW": () => import("./zh-TW"),
};

export const i18n = createI18n({ legacy: false, locale: "en", fallbackLocale: "en", messages: {} });

/** Loads a language and shows everything in it. */
export async function showIn(locale: Locale): Promise<void> {
  const { default: words } = await load[locale]();
  i18n.global.setLocaleMessage(locale, words);
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
}

/** Returns the language that a browser prefers, of those there are. */
export function preferredLocale(languages: readonly string[] = navigator.languages): Locale {
  const first = languages.find((each) => /^(?:en|zh)\b/i.test(each));
  return first && /^zh/i.test(first) ? "zh-TW" : "en";
}
