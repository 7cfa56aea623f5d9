import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApp, ref, type App } from "vue";

import { keys } from "@/client/keys";
import type { SignalList, SignalPage } from "@/live/signals";
import { aSignal } from "@/testing/builders";

// The client keeps the fetch that it finds when it is made.
const { edge } = vi.hoisted(() => {
  const edge: { answers: ((page: unknown) => void)[] } = { answers: [] };
  globalThis.fetch = () => new Promise((tell) => edge.answers.push((page) => { tell(Response.json(page)); }));
  return { edge };
});
const { useSignals } = await import("./useSignals");

const page = (ids: string[], next_cursor: string | null): SignalPage => ({ items: ids.map((id) => aSignal({ id })), next_cursor });

let app: App;
let queries: QueryClient;
let shown: ReturnType<typeof useSignals>;

beforeEach(() => {
  edge.answers = [];
  queries = new QueryClient();
  app = createApp({ setup: () => { shown = useSignals(ref({})); return () => null; } });
  app.use(VueQueryPlugin, { queryClient: queries }).mount(document.createElement("div"));
});

afterEach(() => { app.unmount(); });

/** Has the edge answer what it was asked next. */
async function answer(told: SignalPage): Promise<void> {
  await vi.waitFor(() => { expect(edge.answers).not.toEqual([]); });
  edge.answers.shift()?.(told);
}

const ids = () => shown.signals.value.map(({ id }) => id);

describe("the list of alerts", () => {
  it("keeps an alert that came while an older page was on its way", async () => {
    await answer(page(["c", "b"], "more"));
    await vi.waitFor(() => { expect(ids()).toEqual(["c", "b"]); });

    shown.more();
    await vi.waitFor(() => { expect(edge.answers).toHaveLength(1); });
    queries.setQueryData<SignalList>(keys.signalList({}), (known) => known && { ...known, pages: [page(["d", "c", "b"], "more")] });
    await answer(page(["a"], null));

    await vi.waitFor(() => { expect(ids()).toContain("a"); });
    expect(ids()).toEqual(["d", "c", "b", "a"]);
  });

  it("asks for no page while one is on its way, and for none after the last", async () => {
    await answer(page(["b"], "more"));
    await vi.waitFor(() => { expect(ids()).toEqual(["b"]); });

    shown.more();
    shown.more();
    await vi.waitFor(() => { expect(edge.answers).toHaveLength(1); });
    await answer(page(["a"], null));
    await vi.waitFor(() => { expect(ids()).toEqual(["b", "a"]); });
    shown.more();

    expect(edge.answers).toEqual([]);
  });
});
