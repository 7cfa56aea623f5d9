/** Fetches again what the stream says has changed, at most one at a time: a burst of events is one look more. */
import type { QueryClient, QueryKey } from "@tanstack/vue-query";

const REST_MS = 250;
/** By client and key: whether something came while a look was under way. */
const looks = new WeakMap<QueryClient, Map<string, { again: boolean }>>();

type Look = () => Promise<unknown>;

/** Has everything below a key fetched again, by `ask` where it is told: at once, or after the look that is under way. */
export function refetch(queries: QueryClient, queryKey: QueryKey, ask: Look = () => queries.invalidateQueries({ queryKey })): void {
  const underWay = looks.get(queries) ?? new Map<string, { again: boolean }>();
  looks.set(queries, underWay);
  const name = JSON.stringify(queryKey);
  const known = underWay.get(name);
  if (known) known.again = true;
  else void look(ask, underWay, name);
}

async function look(ask: Look, underWay: Map<string, { again: boolean }>, name: string): Promise<void> {
  const mine = { again: true };
  underWay.set(name, mine);
  while (mine.again) {
    mine.again = false;
    // One that began before the event may not show it, so it is not waited for but begun anew.
    await ask();
    await new Promise((rest) => { setTimeout(rest, REST_MS); });
  }
  underWay.delete(name);
}
