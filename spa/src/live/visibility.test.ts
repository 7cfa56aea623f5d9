import { afterEach, describe, expect, it, vi } from "vitest";

import { follow, type Following } from "./follow";

function notes(said: string[]): Following {
  return {
    onOpen: (resumed) => said.push(resumed ? "resumed" : "fresh"),
    onEvent: (event) => said.push(event.id),
    onLost: () => said.push("lost"),
    onPaused: () => said.push("paused"),
    onRefused: () => said.push("refused"),
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("a page that nobody sees", () => {
  function see(isSeen: boolean): void {
    vi.spyOn(document, "hidden", "get").mockReturnValue(!isSeen);
    document.dispatchEvent(new Event("visibilitychange"));
  }

  function aLine(text: string): (_url: string, init: RequestInit) => Promise<Response> {
    return (_url, { signal }) => {
      const body = new ReadableStream<Uint8Array>({
        start(pipe) {
          pipe.enqueue(new TextEncoder().encode(text));
          signal?.addEventListener("abort", () => { pipe.error(new Error("hung up")); });
        },
      });
      return Promise.resolve(new Response(body, { status: 200 }));
    };
  }

  it("gives its line up after a moment, and resumes where it was once seen", async () => {
    vi.useFakeTimers();
    const asked: (string | null)[] = [];
    const answer = aLine("id: 4\nevent: order\ndata: {}\n\n");
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      asked.push(new Headers(init.headers).get("Last-Event-ID"));
      return answer(url, init);
    });
    const end = new AbortController();
    const said: string[] = [];
    const followed = follow(notes(said), end.signal);
    await vi.advanceTimersByTimeAsync(0);

    see(false);
    await vi.advanceTimersByTimeAsync(5_000);
    const whileHidden = [...said];
    see(true);
    await vi.advanceTimersByTimeAsync(0);
    end.abort();
    await followed;

    expect(whileHidden).toEqual(["fresh", "4", "paused"]);
    expect(said.slice(3, 4)).toEqual(["resumed"]);
    expect(asked).toEqual([null, "4"]);
  });

  it("keeps its line while somebody looks away for a moment", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", aLine("id: 4\nevent: order\ndata: {}\n\n"));
    const end = new AbortController();
    const said: string[] = [];
    const followed = follow(notes(said), end.signal);
    await vi.advanceTimersByTimeAsync(0);

    see(false);
    await vi.advanceTimersByTimeAsync(4_000);
    see(true);
    await vi.advanceTimersByTimeAsync(10_000);
    end.abort();
    await followed;

    expect(said).toEqual(["fresh", "4"]);
  });

  it("asks for nothing before it is seen", async () => {
    const fetched = vi.fn();
    vi.stubGlobal("fetch", fetched);
    see(false);
    const end = new AbortController();
    const said: string[] = [];

    const followed = follow(notes(said), end.signal);
    end.abort();
    await followed;

    expect([said, fetched.mock.calls]).toEqual([["paused"], []]);
  });
});
