import { QueryClient, QueryObserver } from "@tanstack/vue-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { keys } from "@/client/keys";
import { aSignal } from "@/testing/builders";

// The client keeps the fetch that it finds when it is made.
const { edge } = vi.hoisted(() => {
  const edge: { asked: string[]; page: unknown } = { asked: [], page: null };
  globalThis.fetch = (request) => {
    edge.asked.push(new URL((request as Request).url).search);
    return Promise.resolve(Response.json(edge.page));
  };
  return { edge };
});
const { freshen, headed, withHead } = await import("./signals");

const page = (ids: string[], next_cursor: string | null = "more") => ({ items: ids.map((id) => aSignal({ id })), next_cursor });
const list = (...pages: ReturnType<typeof page>[]) => ({ pages, pageParams: [null] });
const ids = (pages: readonly ReturnType<typeof page>[] | null) => pages?.map(({ items }) => items.map(({ id }) => id));

describe("the newest page", () => {
  it("goes over what is known, each alert once and in its order", () => {
    expect(ids(headed([page(["d", "b"]), page(["a"], null)], page(["e", "d", "c", "b"])))).toEqual([["e", "d", "c", "b"], ["a"]]);
  });

  it("fills an empty list", () => {
    expect(ids(headed([page([], null)], page(["a"], null)))).toEqual([["a"]]);
  });

  it("is not joined where alerts may lie between", () => {
    expect(headed([page(["b", "a"])], page(["z", "y"]))).toBeNull();
  });
});

describe("a page that is added", () => {
  it("leaves what came in at the head meanwhile", () => {
    const known = list(page(["d", "c", "b"]));
    const fetched = list(page(["c", "b"]), page(["a"], null));

    expect(ids(withHead(known, fetched).pages)).toEqual([["d", "c", "b"], ["a"]]);
  });

  it("adds nothing where nothing came", () => {
    const fetched = list(page(["c", "b"]), page(["a"], null));

    expect(withHead(list(page(["c", "b"])), fetched)).toBe(fetched);
    expect(withHead(undefined, fetched)).toBe(fetched);
  });
});

describe("news of alerts", () => {
  const key = keys.signalList({ state: "refused" });
  let queries: QueryClient;
  let stop: () => void;

  beforeEach(() => {
    edge.asked = [];
    queries = new QueryClient();
    queries.setQueryData(key, list(page(["c"]), page(["b"]), page(["a"], null)));
    stop = new QueryObserver(queries, { queryKey: key, queryFn: () => list(page(["all"])), staleTime: Infinity }).subscribe(() => undefined);
  });

  afterEach(() => { stop(); });

  it("cost one page, however many are shown", async () => {
    edge.page = page(["d", "c"]);
    await freshen(queries);

    expect(edge.asked).toEqual(["?state=refused&limit=100"]);
    expect(ids(queries.getQueryData<ReturnType<typeof list>>(key)?.pages ?? null)).toEqual([["d", "c"], ["b"], ["a"]]);
  });

  it("have all fetched anew where one page does not reach what is known", async () => {
    edge.page = page(["z", "y"]);
    await freshen(queries);

    expect(ids(queries.getQueryData<ReturnType<typeof list>>(key)?.pages ?? null)).toEqual([["all"]]);
  });

  it("leave what nobody looks at for when it is looked at", async () => {
    stop();
    await freshen(queries);

    expect(edge.asked).toEqual([]);
    expect(queries.getQueryState(key)?.isInvalidated).toBe(true);
  });
});
