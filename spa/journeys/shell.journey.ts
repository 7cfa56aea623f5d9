import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, isLive, launch, signIn } from "./browser";
import { picture } from "./pictures";

const demo = inject("demo");
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: "en-US", timezoneId: "Asia/Kolkata" });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo, "/orders");
});

afterAll(() => browser.close());

function send(quantity = "1"): Promise<Response> {
  const body = JSON.stringify({ ticker: "ETHUSDT", action: "buy", quantity, price: "3100" });
  return fetch(demo.webhook_url, { method: "POST", body });
}

/** Sends alerts, each another one, until it is told to end; how each was answered stands in `answers`. */
function aStream(answers: number[]): () => Promise<void> {
  const over = new AbortController();
  const ended = (async () => {
    for (let n = 1; !over.signal.aborted; n += 1) {
      answers.push((await send(`0.${String(n)}1`)).status);
      await new Promise((rest) => setTimeout(rest, 20));
    }
  })();
  return () => {
    over.abort();
    return ended;
  };
}

describe("the kill switch", () => {
  it("stops a stream of alerts after one click and a confirmation", async () => {
    await page.getByRole("button", { name: "Stop trading" }).click();
    await isAccessible(page);
    const answers: number[] = [];
    const end = aStream(answers);
    await expect.poll(() => answers.length).toBeGreaterThan(3);
    await page.getByRole("button", { name: "Stop now" }).click();
    await page.locator('[data-switch="engaged"]').waitFor();

    // One may have been under way while the page was told.
    const stopped = answers.length + 1;
    await expect.poll(() => answers.length).toBeGreaterThan(stopped + 3);
    await end();
    expect(new Set(answers.slice(0, 3))).toEqual(new Set([202]));
    expect(new Set(answers.slice(stopped))).toEqual(new Set([403]));
  });

  it("is released by a typed word alone", async () => {
    await page.getByRole("button", { name: "Release" }).click();
    const release = page.getByRole("dialog").getByRole("button", { name: "Release" });
    expect(await release.isDisabled()).toBe(true);

    expect(await page.getByLabel("Type RELEASE to release").evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.type("release");
    await release.click();
    await page.locator('[data-switch="released"]').waitFor();
    expect((await send()).status).toBe(202);
  });
});

/** Says whether all words of an element are in sight: none cut, none under what stands beside it. */
function isWhole(each: HTMLElement): boolean {
  const spans = [...each.querySelectorAll("span")].filter((span) => span.innerText !== "" && getComputedStyle(span).position !== "absolute");
  const next = each.nextElementSibling?.getBoundingClientRect().left ?? innerWidth;
  return spans.length === 1 && spans.every((span) => span.scrollWidth <= span.clientWidth + 1 && span.getBoundingClientRect().right <= next);
}

describe("a connection that breaks", () => {
  it("shows, and heals without a reload or a gap", async () => {
    await context.setOffline(true);
    await page.locator('[data-connection="lost"]').waitFor();
    const wide = page.viewportSize()!;
    await page.setViewportSize({ width: 375, height: 812 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
    expect(await page.locator("[data-connection]").evaluate(isWhole)).toBe(true);
    await picture(page, "lost");
    await page.setViewportSize(wide);
    const [missed = ""] = await alert(demo, { ticker: "SOLUSDT", action: "buy", quantity: "2", price: "150" });

    await context.setOffline(false);
    await isLive(page);
    await page.locator(`[data-order="${missed}"]`).waitFor();
  });
});

describe("a tab that nobody sees", () => {
  async function see(isSeen: boolean): Promise<void> {
    await page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, !isSeen);
  }

  it("gives its line up, and has missed nothing when it is seen again", async () => {
    await see(false);
    await page.locator('[data-connection="paused"]').waitFor();
    const [missed = ""] = await alert(demo, { ticker: "ADAUSDT", action: "buy", quantity: "3", price: "1" });
    expect(await page.locator(`[data-order="${missed}"]`).count()).toBe(0);

    await see(true);
    await isLive(page);
    await page.locator(`[data-order="${missed}"]`).waitFor();
  });
});

describe("the display", () => {
  it("shows times by the clock of the exchange, or by the device's own, and keeps that", async () => {
    const time = page.locator("[data-order]").first().locator("xpath=ancestor::tr").locator("time").last();
    expect(await time.innerText()).toMatch(/:\d\d\s*UTC$/);
    await page.getByRole("button", { name: "Display" }).click();
    await page.getByText("This device's").click();
    await isAccessible(page);
    await page.keyboard.press("Escape");

    await page.reload();
    expect(await time.innerText()).toMatch(/UTC\+5:30$/);
    expect(await time.getAttribute("title")).toMatch(/ UTC$/);
    await page.getByRole("button", { name: "Display" }).click();
    await page.getByText("Exchange's").click();
    await page.keyboard.press("Escape");
  });

  it("changes its language, and keeps it", async () => {
    await page.getByRole("button", { name: "Display" }).click();
    await page.getByText("繁體中文").click();
    await page.getByRole("heading", { name: "委託" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-TW");

    await page.reload();
    await page.getByRole("heading", { name: "委託" }).waitFor();
    await isAccessible(page);
  });

  it("is reached by keyboard: the first stop skips to the content", async () => {
    await page.keyboard.press("Tab");

    expect(await page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe("#content");
  });

  it("has light that can be read, and rises in red", async () => {
    await page.evaluate(() => { localStorage.setItem("4pass.theme", "light"); localStorage.setItem("4pass.colours", "red-up"); });
    await page.reload();
    await isLive(page);
    await page.locator("[data-order]").first().waitFor();
    await isAccessible(page);
    expect(await page.locator("html").getAttribute("data-colours")).toBe("red-up");
  });
});

describe("any of it", () => {
  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
