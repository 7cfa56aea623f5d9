/** Somebody without an account, and how they get one. */
import type { Page } from "playwright-core";

import { isAccessible } from "./browser";
import { mailedLink } from "./mail";
import type { Demo } from "./stack";

export interface Newcomer {
  email: string;
  password: string;
}

/** Signs up, and confirms the address by the letter's link; each page on the way is looked at. */
export async function signUp(page: Page, demo: Demo, { email, password }: Newcomer): Promise<void> {
  await page.goto(`${demo.base_url}/sign-up`);
  await isAccessible(page);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByText(`A letter is on its way to ${email}`).waitFor();

  await page.goto(await mailedLink(demo, email, "verify"));
  await isAccessible(page);
  await page.waitForURL(`${demo.base_url}/verify`);
  await page.getByRole("button", { name: "Confirm the address" }).click();
  await page.getByText("Your address is confirmed").waitFor();
}

/** Fills the door in: the password, then the code where it is asked for. */
export async function enter(page: Page, demo: Demo, { email, password }: Newcomer, code?: string): Promise<void> {
  await page.goto(`${demo.base_url}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  if (code === undefined) return;
  await page.getByLabel("Code of your second factor").fill(code);
  await isAccessible(page);
  await page.getByRole("button", { name: "Sign in" }).click();
}
