import { afterEach, describe, expect, it, vi } from "vitest";

import { follow, waitBefore, type Following } from "./follow";

function aStream(text: string): Response {
  return new Response(text, { status: 200 });
}

function notes(over: Partial<Following> = {}) {
  const said: string[] = [];
  const told: Following = {
    onOpen: (resumed) => said.push(resumed ? "resumed" : "fresh"),
    onEvent: (event) => said.push(event.id),
    onLost: () => said.push("lost"),
    onPaused: () => said.push("paused"),
    onRefused: () => said.push("refused"),
    ...over,
  };
  return { said, told };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("following a stream", () => {
  it("goes on after the last event it saw, without a gap", async () => {
    vi.useFakeTimers();
    const asked: (string | null)[] = [];
    const answers = [aStream("id: 4\nevent: order\ndata: {}\n\n"), new Response(null, { status: 401 })];
    vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
      asked.push(new Headers(init.headers).get("Last-Event-ID"));
      return Promise.resolve(answers.shift()!);
    });
    const { said, told } = notes();

    const followed = follow(told, new AbortController().signal);
    await vi.runAllTimersAsync();
    await followed;

    expect(asked).toEqual([null, "4"]);
    expect(said).toEqual(["fresh", "4", "lost", "refused"]);
  });

  it("tells that a line which broke was resumed", async () => {
    vi.useFakeTimers();
    const answers = [
      aStream("id: 4\nevent: order\ndata: {}\n\n"),
      aStream("id: 5\nevent: order\ndata: {}\n\n"),
      new Response(null, { status: 401 }),
    ];
    vi.stubGlobal("fetch", () => Promise.resolve(answers.shift()!));
    const { said, told } = notes();

    const followed = follow(told, new AbortController().signal);
    await vi.runAllTimersAsync();
    await followed;

    expect(said).toEqual(["fresh", "4", "lost", "resumed", "5", "lost", "refused"]);
  });

  it("begins anew where the server does not know the id any more", async () => {
    vi.useFakeTimers();
    const answers = [
      aStream("id: 4\nevent: order\ndata: {}\n\n"),
      new Response(null, { status: 400 }),
      aStream(": here\n\n"),
      new Response(null, { status: 401 }),
    ];
    vi.stubGlobal("fetch", () => Promise.resolve(answers.shift()!));
    const { said, told } = notes();

    const followed = follow(told, new AbortController().signal);
    await vi.runAllTimersAsync();
    await followed;

    expect(said.filter((word) => word === "fresh" || word === "resumed")).toEqual(["fresh", "fresh"]);
  });

  it("stops when told, even while it waits", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
    const end = new AbortController();
    const { said, told } = notes({ onLost: () => { end.abort(); } });

    await follow(told, end.signal);

    expect(said).toEqual([]);
  });

  it("hangs up when the browser lost its network", async () => {
    const end = new AbortController();
    vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
      const reading = new Promise<never>((_, reject) => {
        init.signal?.addEventListener("abort", () => { reject(new Error("hung up")); });
      });
      const body = { getReader: () => ({ read: () => reading }) };
      return Promise.resolve({ status: 200, ok: true, body } as unknown as Response);
    });
    const { said, told } = notes({
      onOpen: () => setTimeout(() => window.dispatchEvent(new Event("offline"))),
      onLost: () => { said.push("lost"); end.abort(); },
    });

    await follow(told, end.signal);

    expect(said).toEqual(["lost"]);
  });

  it("hangs up on a line that fell silent", async () => {
    vi.useFakeTimers();
    const end = new AbortController();
    const silent = new ReadableStream({ start: () => undefined });
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(silent, { status: 200 })));
    const { said, told } = notes({ onLost: () => { said.push("lost"); end.abort(); } });

    const followed = follow(told, end.signal);
    await vi.advanceTimersByTimeAsync(35_000);
    await followed;

    expect(said).toEqual(["fresh", "lost"]);
  });
});

describe("the wait before another try", () => {
  it("grows to 15 s and is spread", () => {
    expect([0, 1, 2, 10].map((tries) => waitBefore(tries, 1))).toEqual([500, 1000, 2000, 15_000]);
    expect(waitBefore(0, 0)).toBe(250);
  });
});
