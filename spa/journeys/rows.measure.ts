/** 10,000 orders in the table: tasks over 50 ms and rows in the page, while it is scrolled to its end and back. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";

import { aPage, launch, signIn } from "./browser";
import { tell } from "./figures";
import { watchTasks, type Tasks } from "./tasks";

const ORDERS = 10_000;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const demo = inject("demo");
let browser: Browser;
let page: Page;

interface Scrolled {
  mostRows: number;
  frames: number[];
  rows: number;
}

// Runs in the page: scrolls by so much a frame until `isOver`, and watches frames and rows.
const SCROLL = `async ({ by, until, most }) => {
  const frame = document.querySelector('[role="region"][tabindex="0"]:has(table)');
  const frames = [];
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
  return { mostRows, frames, rows: rows() };
}`;

beforeAll(async () => {
  execFileSync(join(ROOT, ".venv/bin/python"), ["-m", "tests.scenes.ordering", demo.data_dir, demo.strategy_id, String(ORDERS)], { cwd: ROOT });
  browser = await launch();
  ({ page } = await aPage(await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 900 } })));
  await signIn(page, demo, "/orders");
  await page.locator("[data-order]").first().waitFor();
});

afterAll(() => browser.close());

function show(what: string, { mostRows, frames, rows }: Scrolled, { whole, own }: Tasks): void {
  const sorted = [...frames].sort((one, other) => one - other);
  tell(what, {
    orders: rows,
    "tasks over 50 ms": whole.filter((ms) => ms > 50).length,
    "longest task": whole[0] ?? 0,
    "tasks that worked over 50 ms": own.filter((ms) => ms > 50).length,
    "longest work": own[0] ?? 0,
    "most rows in the page": mostRows,
    frames: frames.length,
    "p99 frame": sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0,
    "work a frame": own.reduce((sum, ms) => sum + ms, 0) / frames.length,
  });
}

async function scrolled(what: string, by: number, most = 1e9): Promise<Scrolled> {
  const watched = await watchTasks(page);
  const done = await page.evaluate<Scrolled>(`(${SCROLL})(${JSON.stringify({ by, most, until: ORDERS })})`);
  show(what, done, await watched());
  return done;
}

it("scrolls to the end while its pages come, and up again", async () => {
  const down = await scrolled("down, while pages come", 900);
  expect(down.rows).toBeGreaterThanOrEqual(ORDERS);
  // As fast as a hand throws a list: 18,000 px a second at 60 frames.
  await scrolled("up, all pages there", -300, 600);
});
