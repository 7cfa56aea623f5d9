import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, launch, signIn } from "./browser";
import { picture } from "./pictures";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const demo = inject("demo");
let browser: Browser;
let page: Page;
let faults: string[];
let order: string;
let late: string;
let silence: ChildProcess;

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await aPage(await browser.newContext({ locale: "en-US" })));
  await signIn(page, demo);
  const resting = { ticker: "XLMUSDT", action: "buy", quantity: "40", price: "0.4", order_type: "limit", limit_price: "0.1" };
  [order = ""] = await alert(demo, resting);
  await page.goto(`${demo.base_url}/orders/${order}`);
  await page.locator('[data-state="accepted"]').first().waitFor();
});

afterAll(async () => {
  silence.stdin?.end();
  await browser.close();
});

/** Puts the order in doubt; its venue answers nobody until the input of `silence` ends. */
async function doubt(): Promise<void> {
  silence = spawn(join(ROOT, ".venv/bin/python"), ["-m", "tests.scenes.doubting", demo.data_dir, order], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const [told] = (await once(silence.stdout!, "data")) as [Buffer];
  expect(told.toString().trim()).toBe("needs_review");
}

function close() {
  return page.getByRole("button", { name: "Close the review" });
}

async function stateAtTheEdge(id = order): Promise<string> {
  const answer = await fetch(`${demo.base_url}/api/orders/${id}`, { headers: { authorization: `Bearer ${demo.api_key}` } });
  return ((await answer.json()) as { state: string }).state;
}

describe("an order that nobody can find out about", () => {
  it("asks its trader, as soon as it is in doubt", async () => {
    await doubt();
    const entry = { ticker: "XLMUSDT", action: "buy", quantity: "1", price: "0.4", time: new Date().toISOString(), max_age: "5" };
    [late = ""] = await alert(demo, entry);

    await page.getByText("What became of it?").waitFor();
    await page.locator('[data-state="needs_review"]').first().waitFor();
    expect(await close().isDisabled()).toBe(true);
    await isAccessible(page);
    await picture(page, "review");
  });

  it("is a concern of the overview, with the way to it", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Overview" }).click();
    await page.locator('[data-concern="review"]').click();
    await page.locator(`[data-order="${order}"]`).click();
    await page.getByText("What became of it?").waitFor();
  });

  it("lets no entry wait for it longer than its alert was good for", async () => {
    await expect.poll(() => stateAtTheEdge(late), { timeout: 45_000 }).toBe("expired");
  });

  it("stays in doubt where the edge did not hear what was said", async () => {
    await page.route("**/resolve", (route) => route.abort(), { times: 1 });
    await page.getByLabel(/It was never there/).check();
    await close().click();

    await page.getByRole("main").getByRole("alert").last().waitFor();
    expect(await page.locator('[data-state="needs_review"]').count()).toBeGreaterThan(0);
    expect(await stateAtTheEdge()).toBe("needs_review");
  });

  it("is closed by what its trader saw, as the server has it", async () => {
    await page.setViewportSize({ width: 375, height: 812 });
    await close().click();

    await page.locator('[data-stage="resolved"]').waitFor();
    await page.locator('[data-state="not_placed"]').first().waitFor();
    expect(await close().count()).toBe(0);
    expect(await stateAtTheEdge()).toBe("not_placed");
  });

  it("says so where it covers no way to another page", async () => {
    const note = await page.getByText("Thank you. The order stands as you said.").boundingBox();
    const bar = await page.getByRole("navigation", { name: "Main navigation" }).boundingBox();

    expect(note!.y + note!.height).toBeLessThan(bar!.y);
  });

  it("stands as the venue shows it, once that can be asked again", async () => {
    silence.stdin?.end();

    await page.locator('[data-state="accepted"]').first().waitFor();
    expect(await stateAtTheEdge()).toBe("accepted");
  });

  it("tells of that entry that its time ran out, at its end and where it did, in both languages", async () => {
    await page.goto(`${demo.base_url}/orders/${late}`);
    await page.getByRole("main").getByRole("alert").getByText("before it was too late").waitFor();
    const hop = page.locator('[data-stage="expired"] [data-reason="expired"]');
    await hop.getByText("before it was too late").waitFor();
    await isAccessible(page);
    await picture(page, "expired");

    await page.evaluate(() => { localStorage.setItem("4pass.locale", "zh-TW"); });
    await page.reload();
    await hop.getByText("過期的委託").waitFor();
    await picture(page, "expired-chinese");
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
