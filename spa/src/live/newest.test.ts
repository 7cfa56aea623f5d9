import { InfiniteQueryObserver, QueryClient } from "@tanstack/vue-query";
import { expect, it } from "vitest";

import { keys } from "@/client/keys";
import { anOrder } from "@/testing/builders";

import { applyEvent } from "./apply";
import { caughtUp, forgetTold, type OrderList } from "./newest";
import type { OrderPage } from "./place";

it("keeps what the stream told while a page was fetched", async () => {
  forgetTold();
  const queries = new QueryClient();
  const later = anOrder({ id: "later", created_at: "2026-03-02T10:00:09Z" });
  const page = (id: string, next_cursor: string | null) => ({ items: [anOrder({ id })], next_cursor });
  const answers: ((page: OrderPage) => void)[] = [];
  const observer = new InfiniteQueryObserver(queries, {
    queryKey: keys.orderList({}),
    queryFn: () => new Promise<OrderPage>((resolve) => answers.push(resolve)),
    initialPageParam: null as string | null,
    getNextPageParam: (last: OrderPage) => last.next_cursor,
    structuralSharing: (_: unknown, fetched: unknown) => caughtUp(fetched as OrderList, {}),
  });
  const stop = observer.subscribe(() => undefined);
  answers[0]?.(page("one", "more"));
  await expect.poll(() => observer.getCurrentResult().isSuccess).toBe(true);

  const more = observer.fetchNextPage();
  applyEvent(queries, { id: "1", kind: "order", data: JSON.stringify(later) });
  applyEvent(queries, { id: "2", kind: "order", data: JSON.stringify(anOrder({ id: "one", state: "filled" })) });
  answers[1]?.(page("two", null));
  await more;
  stop();

  const shown = queries.getQueryData<OrderList>(keys.orderList({}))?.pages.flatMap(({ items }) => items);
  expect(shown?.map(({ id, state }) => [id, state])).toEqual([["later", "accepted"], ["one", "filled"], ["two", "accepted"]]);
});
