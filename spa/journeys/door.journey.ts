import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, isAccessible, isLive, launch } from "./browser";
import { mailedLink } from "./mail";
import { enter, signUp } from "./newcomer";

const demo = inject("demo");
const email = "newcomer@example.com";
const first = "a long walk by the river";
const second = "a longer walk over the hill";
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await aPage(await browser.newContext({ locale: "en-US" })));
});

afterAll(() => browser.close());

describe("the door", () => {
  it("makes an account by the letter's link, which leaves the address", async () => {
    await signUp(page, demo, { email, password: first });
  });

  it("refuses a link that was used, in words, with the code", async () => {
    await page.goto(await mailedLink(demo, email, "verify"));
    await page.getByRole("button", { name: "Confirm the address" }).click();
    await page.getByRole("alert").getByText("invalid_token").waitFor();
    await isAccessible(page);
  });

  it("sets a new password by another letter", async () => {
    await page.goto(`${demo.base_url}/forgot`);
    await isAccessible(page);
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await page.getByText("a letter is on its way").waitFor();

    await page.goto(await mailedLink(demo, email, "reset"));
    await isAccessible(page);
    await page.waitForURL(`${demo.base_url}/reset`);
    await page.getByLabel("Password").fill(second);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("The password is set").waitFor();
  });

  it("takes the new password, and the old one no more", async () => {
    await enter(page, demo, { email, password: first });
    await page.getByRole("alert").getByText("bad_credentials").waitFor();
    await enter(page, demo, { email, password: second });
    await isLive(page);
  });

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
