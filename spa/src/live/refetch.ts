/** Fetches again what the stream says has changed, at most one at a time: a burst of events is one look more. */
import type { QueryClient, QueryKey } from "@tanstack/vue-query";

const REST_MS = 250;
/** By client and key: whether something came while a look was under way. */
const looks = new WeakMap<QueryClient, Map<string, { again: boolean }>>();

/** Has everything below a key fetched again: at once, or after the look that is under way. */
export function refetch(queries: QueryClient, queryKey: QueryKey): void {
  const underWay = looks.get(queries) ?? new Map<string, { again: boolean }>();
  looks.set(queries, underWay);
  const name = JSON.stringify(queryKey);
  const known = underWay.get(name);
  if (known) known.again = true;
  else void look(queries, queryKey, underWay, name);
}

async function look(queries: QueryClient, queryKey: QueryKey, underWay: Map<string, { again: boolean }>, name: string): Promise<void> {
  const mine = { again: true };
  underWay.set(name, mine);
  while (mine.again) {
    mine.again = false;
    // One that began before the event may not show it, so it is not waited for but begun anew.
    await queries.invalidateQueries({ queryKey });
    await new Promise((rest) => { setTimeout(rest, REST_MS); });
  }
  underWay.delete(name);
}
