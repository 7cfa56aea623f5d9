/** 10,000 orders in the table: tasks over 50 ms and rows in the page, while it is scrolled to its end and back. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";

import { aPage, launch, signIn } from "./browser";
import { tell } from "./figures";

const ORDERS = 10_000;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const demo = inject("demo");
let browser: Browser;
let page: Page;

interface Scrolled {
  long: number[];
  mostRows: number;
  frames: number[];
  rows: number;
}

// Runs in the page: scrolls by so much a frame until `isOver`, and watches tasks, frames and rows.
const SCROLL = `async ({ by, until, most }) => {
  const frame = document.querySelector('[role="region"][tabindex="0"]:has(table)');
  const long = [], frames = [];
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((each) => each.duration)));
  observer.observe({ type: "longtask" });
  let mostRows = 0, last = performance.now(), still = 0;
  const rows = () => Number(frame.querySelector("table").getAttribute("aria-rowcount")) - 1;
  while (still < 120 && frames.length < most) {
    const before = frame.scrollTop;
    frame.scrollTop += by;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    mostRows = Math.max(mostRows, frame.querySelectorAll("tbody tr[aria-rowindex]").length);
    still = frame.scrollTop === before ? still + 1 : 0;
    if (by > 0 && rows() >= until && still > 5) break;
    if (by < 0 && frame.scrollTop === 0) break;
  }
  await new Promise((rest) => setTimeout(rest, 300));
  observer.disconnect();
  return { long, mostRows, frames, rows: rows() };
}`;

beforeAll(async () => {
  execFileSync(join(ROOT, ".venv/bin/python"), ["-m", "tests.ordering", demo.data_dir, demo.strategy_id, String(ORDERS)], { cwd: ROOT });
  browser = await launch();
  ({ page } = await aPage(await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 900 } })));
  await signIn(page, demo, "/orders");
  await page.locator("[data-order]").first().waitFor();
});

afterAll(() => browser.close());

function show(what: string, { long, mostRows, frames, rows }: Scrolled): void {
  const sorted = [...frames].sort((one, other) => one - other);
  tell(what, {
    orders: rows,
    "tasks over 50 ms": long.length,
    "longest task": Math.max(0, ...long),
    "most rows in the page": mostRows,
    frames: frames.length,
    "p99 frame": sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0,
  });
}

it("scrolls to the end while its pages come, and up again", async () => {
  const whole = { until: ORDERS };
  const scroll = (by: number, most = 1e9): Promise<Scrolled> => page.evaluate(`(${SCROLL})(${JSON.stringify({ by, most, ...whole })})`);

  const down = await scroll(900);
  show("down, while pages come", down);
  expect(down.rows).toBeGreaterThanOrEqual(ORDERS);
  const cdp = await page.context().newCDPSession(page);
  // The page's own processor time: what else runs on the machine does not count in it.
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async (): Promise<number> => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  };
  const before = await spent();
  // As fast as a hand throws a list: 18,000 px a second at 60 frames.
  const up = await scroll(-300, 600);
  const after = await spent();
  show("up, all pages there", up);
  tell("up, processor time of the page's own thread", { "ms a frame": (after - before) / up.frames.length });
});
