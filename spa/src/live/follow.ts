/**
 * Keeps one live stream open: resumes where it broke off, backs off, notices silence. A tab that
 * nobody sees gives its line up, for a browser has six to a host (HTTP/1.1), and resumes when seen.
 */
import { eventReader, type StreamEvent } from "./parse";
import { afterHidden, shown } from "./visibility";

export interface Following {
  /** `resumed`: the stream goes on where it broke off; otherwise what lies between was missed. */
  onOpen: (resumed: boolean) => void;
  onEvent: (event: StreamEvent) => void;
  onLost: (retryInMs: number) => void;
  /** Nobody sees the page: the line is given up until somebody does. */
  onPaused: () => void;
  /** The session is over; nothing is tried again. */
  onRefused: () => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
// The server says something every 15 s; two of these unheard, and the line is dead.
const LONGEST_SILENCE_MS = 35_000;
// Who looks at another tab for a moment loses nothing by it.
const HIDDEN_FOR_MS = 5_000;

/** Returns how long to wait before the n-th try in a row, spread so that browsers do not come at once. */
export function waitBefore(tries: number, random = Math.random()): number {
  const whole = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
  return Math.round(whole * (0.5 + random / 2));
}

interface Place {
  lastId: string;
  tries: number;
}

/** Follows until `signal` is aborted or the session is refused. */
export async function follow(told: Following, signal: AbortSignal): Promise<void> {
  const place: Place = { lastId: "", tries: 0 };
  while (!signal.aborted) {
    if (document.hidden) {
      told.onPaused();
      await shown(signal);
      if (isOver(signal)) return;
    }
    if (await isRefused(told, signal, place)) { told.onRefused(); return; }
    if (isOver(signal)) return;
    if (document.hidden) continue;
    const wait = waitBefore(place.tries);
    place.tries += 1;
    told.onLost(wait);
    if (isOver(signal)) return;
    await pause(wait, signal);
  }
}

/** Holds one line until it ends, whyever; says whether that was because the session is over. */
async function isRefused(told: Following, signal: AbortSignal, place: Place): Promise<boolean> {
  const line = new AbortController();
  const end = () => { line.abort(); };
  signal.addEventListener("abort", end);
  // A browser that lost its network says so long before a silent line would.
  window.addEventListener("offline", end);
  const stay = afterHidden(HIDDEN_FOR_MS, end);
  try {
    const response = await open(place.lastId, line.signal);
    if (response.status === 401) return true;
    if (response.status === 400) place.lastId = "";
    if (response.ok && response.body) {
      told.onOpen(place.lastId !== "");
      place.tries = 0;
      await read(response.body, (event) => {
        place.lastId = event.id || place.lastId;
        told.onEvent(event);
      });
    }
  } catch {
    // The line broke or fell silent: both are mended by opening it again.
  } finally {
    stay();
    signal.removeEventListener("abort", end);
    window.removeEventListener("offline", end);
    end();
  }
  return false;
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function open(lastId: string, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (lastId) headers["Last-Event-ID"] = lastId;
  return fetch("/api/stream", { headers, signal, cache: "no-store", credentials: "same-origin" });
}

async function read(body: ReadableStream<Uint8Array>, onEvent: (event: StreamEvent) => void): Promise<void> {
  const parse = eventReader();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await orSilence(reader.read());
    if (done) return;
    parse(decoder.decode(value, { stream: true })).forEach(onEvent);
  }
}

/** Awaits the next piece; throws when nothing was heard for too long. */
async function orSilence<T>(piece: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(new Error("The stream fell silent.")); }, LONGEST_SILENCE_MS);
  });
  return Promise.race([piece, silence]).finally(() => { clearTimeout(timer); });
}

/** Waits, but no longer once the browser says that the network is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
