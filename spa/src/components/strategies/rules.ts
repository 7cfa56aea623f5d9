import type { Schemas, Strategy } from "@/client";

/** How a strategy's alerts are carried out; numbers are what was typed, the edge judges them. */
export interface Rules {
  follows: boolean;
  drift: Schemas["DriftPolicy"];
  entry_ttl_s: string;
  exit_ttl_s: string;
  strict_time: boolean;
}

/** Returns the rules of a strategy as its form shows them. */
export function rulesOf({ settings }: Strategy): Rules {
  return { ...settings, entry_ttl_s: String(settings.entry_ttl_s), exit_ttl_s: String(settings.exit_ttl_s) };
}

/** Returns what was typed as the edge takes it. */
export function settingsOf(rules: Rules): Schemas["SettingsChange"] {
  return { ...rules, entry_ttl_s: Number(rules.entry_ttl_s), exit_ttl_s: Number(rules.exit_ttl_s) };
}
