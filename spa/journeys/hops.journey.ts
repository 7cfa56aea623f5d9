import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, launch, signIn } from "./browser";
import { picture } from "./pictures";

const demo = inject("demo");
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await aPage(await browser.newContext({ locale: "en-US" })));
  await signIn(page, demo);
});

afterAll(() => browser.close());

function panel(name: string) {
  return page.getByRole("region", { name });
}

interface Hops {
  control_hops: { message: string; outcome: string }[];
}

describe("what the control plane did about an order", () => {
  it("shows that fills were asked for, half a minute after the order was sent", async () => {
    const [order = ""] = await alert(demo, { ticker: "XRPUSDT", action: "buy", quantity: "3", price: "2.5", order_type: "limit", limit_price: "0.5" });
    await page.goto(`${demo.base_url}/orders/${order}`);
    await page.locator('[data-state="accepted"]').first().waitFor();
    const hops = () => page.evaluate<Hops>(`fetch("/api/orders/${order}").then((answer) => answer.json())`);
    await expect.poll(async () => (await hops()).control_hops.map(({ message, outcome }) => `${message} ${outcome}`), { timeout: 75_000 }).toContain("verify_order done");

    await page.reload();
    const hop = panel("Checked in the background").locator('[data-stage="order_tasks"]').first();
    await hop.getByText("Fills verified").waitFor();
    await hop.getByText("Done").waitFor();
    expect(await hop.innerText()).toMatch(/[\d,.]+ ms/);
    await isAccessible(page);
    await picture(page, "hops");
  }, 120_000);

  it("stands on a narrow screen, in Chinese", async () => {
    await page.evaluate(() => { localStorage.setItem("4pass.locale", "zh-TW"); });
    await page.setViewportSize({ width: 375, height: 812 });
    await page.reload();
    await panel("背景查核").getByText("查核成交").first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
    await isAccessible(page);
    await panel("背景查核").scrollIntoViewIfNeeded();
    await picture(page, "hops-chinese");
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
