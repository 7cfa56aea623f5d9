/** A real browser, and what journeys do with it again and again. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

import chromium from "@sparticuz/chromium";
import { chromium as driver, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";

import type { Demo } from "./stack";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

// Not the package's own arguments: those put web security aside, and everything in one process.
const ARGUMENTS = ["--no-sandbox", "--headless=shell", "--disable-gpu"];

export function launch(): Promise<Browser> {
  return chromium.executablePath().then((executablePath) =>
    driver.launch({ executablePath, args: ARGUMENTS }),
  );
}

/** Opens a page that fails its journey when anything breaks the policy or throws unseen. */
export async function aPage(context: BrowserContext): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (line) => {
    if (line.type() === "error" && /Content Security Policy|Uncaught/i.test(line.text())) faults.push(line.text());
  });
  return { page, faults };
}

/** Signs in as the demo user by password, and waits for the live stream. */
export async function signIn(page: Page, demo: Demo, path = "/"): Promise<void> {
  await page.goto(demo.base_url + path);
  await page.getByLabel("E-mail").fill(demo.email);
  await page.getByLabel("Password").fill(demo.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await isLive(page);
}

export async function isLive(page: Page): Promise<void> {
  await page.locator('[data-connection="live"]').waitFor();
}

/** Sends an alert as TradingView would; returns the ids of its orders. */
export async function alert(demo: Demo, body: Record<string, string>): Promise<string[]> {
  const answer = await fetch(demo.webhook_url, { method: "POST", body: JSON.stringify(body) });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { orders: { id: string }[] | string[] }).orders.map((order) =>
    typeof order === "string" ? order : order.id,
  );
}

/** Asks the edge as the page does, with its session; for what a journey is not about. */
export function asking(page: Page): <T>(path: string, body: unknown) => Promise<T> {
  return <T>(path: string, body: unknown) =>
    page.evaluate<T>(`(async () => {
      const { csrf_token } = await (await fetch("/api/auth/session")).json();
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf_token };
      const answer = await fetch(${JSON.stringify(path)}, { method: "POST", headers, body: ${JSON.stringify(JSON.stringify(body))} });
      return answer.json();
    })()`);
}

const SETTLED = `Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
  .map(({ finished }) => finished))`;

/** Claims that a page has no serious or critical fault of accessibility (axe-core). */
export async function isAccessible(page: Page): Promise<void> {
  // A colour on its way to another one is nobody's to read.
  await page.evaluate(SETTLED);
  // Evaluated by the debugger, which no policy of the page's holds back.
  await page.evaluate(axe);
  const found = await page.evaluate<Violation[]>("axe.run().then(({ violations }) => violations)");
  const grave = found.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html.slice(0, 200) + failureSummary).join(" | ")}`)).toEqual([]);
}
