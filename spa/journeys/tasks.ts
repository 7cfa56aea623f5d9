/** The tasks of a page's main thread, by Chromium's own trace: how long each took, and how much of that it worked. */
import type { Page } from "playwright-core";

interface Traced {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

/** Milliseconds, each list from the longest down. `own`: processor time, in which nobody else's work counts. */
export interface Tasks {
  whole: number[];
  own: number[];
}

/** Watches from now on; what it returns ends that, and tells. */
export async function watchTasks(page: Page): Promise<() => Promise<Tasks>> {
  const cdp = await page.context().newCDPSession(page);
  const events: Traced[] = [];
  cdp.on("Tracing.dataCollected", ({ value }) => { events.push(...(value as unknown as Traced[])); });
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel", "disabled-by-default-devtools.timeline"] } });
  return async () => {
    const ended = new Promise((resolve) => cdp.once("Tracing.tracingComplete", resolve));
    await cdp.send("Tracing.end");
    await ended;
    await cdp.detach();
    return tasksOf(events);
  };
}

function tasksOf(events: readonly Traced[]): Tasks {
  const threads = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const mains = new Set(threads.map(({ pid, tid }) => `${String(pid)} ${String(tid)}`));
  const tasks = events.filter(({ name, ph, pid, tid }) => name === "ThreadControllerImpl::RunTask" && ph === "X" && mains.has(`${String(pid)} ${String(tid)}`));
  const ranked = (key: "dur" | "tdur") => tasks.map((task) => (task[key] ?? 0) / 1000).sort((one, other) => other - one);
  return { whole: ranked("dur"), own: ranked("tdur") };
}
