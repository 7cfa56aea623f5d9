import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { Authenticator } from "./authenticator";
import { aPage, isAccessible, isLive, launch } from "./browser";
import { enter, signUp } from "./newcomer";
import { picture } from "./pictures";

const demo = inject("demo");
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const who = { email: "linked@example.com", password: "a seventh walk up to the pass" };
let browser: Browser;
let app: Authenticator;
let user: string;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser.close());

/** Has a link handed out, as whoever runs the installation does. */
function aLink(): string {
  const line = ["-m", "tests.scenes.linking", demo.data_dir, user, demo.base_url];
  return execFileSync(join(ROOT, ".venv/bin/python"), line, { cwd: ROOT }).toString().trim();
}

/** Opens a link in a browser that nobody is signed in with; it asks for no code before it is used. */
async function open(link: string): Promise<{ page: Page; faults: string[] }> {
  const opened = await aPage(await browser.newContext({ locale: "en-US" }));
  await opened.page.goto(link);
  await opened.page.getByText("This link signs you in once").waitFor();
  expect(await code(opened.page).count()).toBe(0);
  return opened;
}

function code(page: Page) {
  return page.getByLabel("Code of your second factor");
}

function press(page: Page): Promise<void> {
  return page.getByRole("button", { name: "Sign in" }).click();
}

describe("a sign-in link", () => {
  it("is of somebody with a second factor", async () => {
    const { page, faults } = await aPage(await browser.newContext({ locale: "en-US" }));
    await signUp(page, demo, who);
    await enter(page, demo, who);
    await isLive(page);
    user = await page.evaluate<string>("fetch('/api/auth/session').then((r) => r.json()).then((s) => s.user.id)");
    await page.goto(`${demo.base_url}/security`);
    await page.getByRole("button", { name: "Set up" }).click();
    app = new Authenticator((await page.locator("[data-secret]").innerText()).replaceAll(" ", ""));
    await page.getByLabel("Code of the app").fill(await app.next());
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.locator("[data-recovery] li").first().waitFor();
    expect(faults).toEqual([]);
  });

  it("asks for the code once it proved good, and not before", async () => {
    const { page, faults } = await open(aLink());
    await press(page);
    await page.getByText("The link is good.").waitFor();
    await isAccessible(page);
    await picture(page, "link-code");

    await code(page).fill(await app.next());
    await press(page);
    await isLive(page);
    expect(faults).toEqual([]);
  });

  it("is used up by a wrong code: the password is left", async () => {
    const { page, faults } = await open(aLink());
    await press(page);
    await code(page).fill("000000");
    await press(page);

    await page.getByText("The link is used up.").waitFor();
    await page.getByLabel("Password").waitFor();
    expect(faults).toEqual([]);
  });
});
