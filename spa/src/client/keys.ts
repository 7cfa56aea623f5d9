/** The names of all caches. What the live stream feeds begins with the word of its event. */
import type { OrderFilter } from "@/live/place";

export const keys = {
  orders: ["order", "list"] as const,
  orderList: (filter: OrderFilter) => ["order", "list", filter] as const,
  order: (id: string) => ["order", "one", id] as const,
  signals: ["signal"] as const,
  signalLists: ["signal", "list"] as const,
  signalList: (filter: OrderFilter) => ["signal", "list", filter] as const,
  signal: (id: string) => ["signal", "one", id] as const,
  meaning: (id: string, locale: string) => ["meaning", id, locale] as const,
  positions: ["positions"] as const,
  deadLetters: ["dead-letters"] as const,
  anyFill: ["fill", "any"] as const,
  session: ["session"] as const,
  health: ["health"] as const,
  killSwitch: ["switch"] as const,
  strategySignals: (id: string) => ["signal", "strategy", id] as const,
  accounts: ["accounts"] as const,
  comparisons: ["comparisons"] as const,
  brokers: ["brokers"] as const,
  strategies: ["strategies"] as const,
  sessions: ["sessions"] as const,
  apiKeys: ["apiKeys"] as const,
  audit: ["audit"] as const,
  operations: ["operations"] as const,
  // The stream's word: its events refetch the list.
  workers: ["worker", "list"] as const,
};
