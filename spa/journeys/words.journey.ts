import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, asking, isAccessible, isLive, launch } from "./browser";
import { enter, signUp } from "./newcomer";
import { picture } from "./pictures";

const demo = inject("demo");
const who = { email: "reader@example.com", password: "a sixth walk under the trees" };
const HAN = /[\u4e00-\u9fff]/;
let browser: Browser;
let page: Page;
let faults: string[];
let strategy: { id: string };

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await aPage(await browser.newContext({ locale: "en-US" })));
});

afterAll(() => browser.close());

/** Says which texts have no Chinese in them; names of fields and codes stand in figures. */
async function strange(texts: Locator): Promise<string[]> {
  const told = await texts.allInnerTexts();
  expect(told).not.toEqual([]);
  return told.filter((text) => !HAN.test(text));
}

async function explain(body: string): Promise<void> {
  await page.getByRole("textbox").first().fill(body);
}

describe("a page in Chinese", () => {
  it("is of somebody who has a strategy of their own", async () => {
    await signUp(page, demo, who);
    await enter(page, demo, who);
    await isLive(page);
    const ask = asking(page);
    const account = await ask<{ id: string }>("/api/accounts", { name: "Paper", broker: "paper" });
    strategy = await ask<{ id: string }>("/api/strategies", { name: "Words", accounts: [account.id] });
    await page.evaluate(() => { localStorage.setItem("4pass.locale", "zh-TW"); });
  });

  it("tells in Chinese what is wrong with an alert, and what to do", async () => {
    await page.goto(`${demo.base_url}/strategies/${strategy.id}/explain`);
    await explain('{"ticker":"LTCUSDT","action":"buy","quantity":1,}');
    await page.locator('[data-fault="malformed_json"]').waitFor();
    expect(await strange(page.locator("[data-fault] p:not(.figures)"))).toEqual([]);
    await isAccessible(page);
    await picture(page, "words-fault");
  });

  it("warns in Chinese, of the alert and of what would refuse it now", async () => {
    await asking(page)("/api/kill-switch", { engaged: true });
    await explain('{"ticker":"LTCUSDT","action":"close","mood":1}');
    await page.locator("li", { hasText: "kill_switch_active" }).waitFor();
    expect(await strange(page.locator('[data-explained="ok"] ul li'))).toEqual([]);
    await page.getByText("沒有可以平倉的部位").waitFor();
    await isAccessible(page);
    await picture(page, "words-warnings");
    await asking(page)("/api/kill-switch", { engaged: false });
  });

  it("says in Chinese what a test alert made", async () => {
    await page.goto(`${demo.base_url}/strategies/${strategy.id}/test`);
    await page.getByText("模擬買進").click();
    await page.getByLabel("商品").fill("LTCUSDT");
    await page.getByRole("button", { name: "發送測試" }).click();
    await page.locator('[data-reply="accepted"]').waitFor();
    expect(await strange(page.locator("[data-reply] li"))).toEqual([]);
    await picture(page, "words-test");
  });

  it("names a broker's fields in Chinese, whatever language was read before", async () => {
    await page.goto(`${demo.base_url}/accounts/new`);
    await page.getByText("Gate.io", { exact: true }).last().click();
    await page.getByLabel("API 金鑰").waitFor();
    await page.getByText("末四碼會保留顯示").waitFor();
    await isAccessible(page);
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
