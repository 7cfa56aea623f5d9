import { QueryClient, QueryObserver } from "@tanstack/vue-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { refetch } from "./refetch";

const KEY = ["signal", "list"];
let queries: QueryClient;
let asked: number;
let stop: () => void;

beforeEach(async () => {
  vi.useFakeTimers();
  queries = new QueryClient();
  asked = 0;
  const queryFn = () => new Promise<number>((resolve) => { setTimeout(() => { resolve(++asked); }, 100); });
  stop = new QueryObserver(queries, { queryKey: KEY, queryFn, staleTime: Infinity }).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(100);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

it("asks at once for the first event, and once more for all that came meanwhile", async () => {
  for (let n = 0; n < 100; n += 1) refetch(queries, ["signal"]);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toBe(2);

  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toBe(3);
});

it("asks a few times a second under a burst that does not end, and never gives up on an answer", async () => {
  for (let n = 0; n < 200; n += 1) {
    refetch(queries, ["signal"]);
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(1000);

  expect(asked).toBeGreaterThan(4);
  expect(asked).toBeLessThan(10);
});

it("asks at once again when all was quiet", async () => {
  refetch(queries, ["signal"]);
  await vi.advanceTimersByTimeAsync(1000);
  refetch(queries, ["signal"]);
  await vi.advanceTimersByTimeAsync(100);

  expect(asked).toBe(3);
});
