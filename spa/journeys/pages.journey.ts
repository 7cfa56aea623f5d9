import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { aPage, alert, isAccessible, launch, signIn } from "./browser";
import { picture } from "./pictures";

const demo = inject("demo");
const DAY_MS = 86_400_000;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];
let addresses: [name: string, path: string, isPublic: boolean][];

interface Route {
  name: string;
  path: string;
  meta: { isPublic?: boolean };
}

const ROUTES = `document.querySelector("#app").__vue_app__.config.globalProperties.$router.getRoutes()
  .map(({ name, path, meta }) => ({ name, path, meta: { isPublic: meta.isPublic } }))`;

// While it loads too: looked at in every frame from the first.
const WATCH = `window.widest = 0; (function look() {
  window.widest = Math.max(window.widest, (document.documentElement?.scrollWidth ?? 0) - innerWidth);
  requestAnimationFrame(look);
})()`;
const SHIFTS = `window.shifted = 0; new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
}).observe({ type: "layout-shift", buffered: true })`;
// All that was asked for is there, and two frames showed it; the stream is never done.
const IS_QUIET = `new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame)).then(() => window.asked === 0)`;
const ASKED = `window.asked = 0; { const ask = window.fetch; window.fetch = async (request, init) => {
  if (String(request.url ?? request).includes("/api/stream")) return ask(request, init);
  window.asked += 1;
  try { return await ask(request, init); } finally { setTimeout(() => { window.asked -= 1; }, 50); }
}; }`;
// The bound that Web Vitals calls good.
const MOST_SHIFT = 0.1;
// The header with the kill switch stays: what scrolls is the content, and the document has no second bar beside it.
const TALLER = `[...(document.querySelector("main#content") && document.documentElement.scrollHeight > innerHeight
  ? ["document taller by " + (document.documentElement.scrollHeight - innerHeight)] : [])]`;
const OVERFLOW = `[...(window.widest > 0 ? ["for a moment +" + window.widest] : []), ...[...document.querySelectorAll("html, body, main, main *, #app > * *")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(each).overflowX + (each.tagName === "HTML" ? "auto" : "")))
  .filter((each) => !each.matches("nav, pre, textarea, select, input"))
  .map((each) => each.tagName + "." + each.className + " +" + (each.scrollWidth - each.clientWidth))]`;

beforeAll(async () => {
  browser = await launch();
  context = await browser.newContext({ locale: "en-US" });
  ({ page, faults } = await aPage(context));
  await signIn(page, demo);
  // One whose meaning takes many words.
  const [order = ""] = await alert(demo, {
    ticker: "UNIUSDT", action: "buy", quantity: "12345.678", price: "6.125",
    market_position: "long", market_position_size: "12345.678", prev_market_position: "flat",
  });
  const ask = async (path: string) => (await (await fetch(demo.base_url + path, { headers: { authorization: `Bearer ${demo.api_key}` } })).json()) as { signal_id: string };
  const ids: Record<string, string> = { order, signal: (await ask(`/api/orders/${order}`)).signal_id, account: demo.account_id, strategy: demo.strategy_id };
  const routes = await page.evaluate<Route[]>(ROUTES);
  addresses = routes.flatMap(({ name, path, meta }): typeof addresses => {
    const isPublic = meta.isPublic === true;
    if (name === "missing") return [[name, "/no-such-page", isPublic]];
    if (name === "strategy") return ["", "/alert", "/explain", "/test", "/settings"].map((tab) => [`${name}${tab}`, `/strategies/${demo.strategy_id}${tab}`, isPublic]);
    return [[name, path.replace(":id", ids[name] ?? ":id"), isPublic]];
  });
  await page.goto(`${demo.base_url}/orders/${order}`);
  await page.locator('[data-stage="settled"]').waitFor();
});

afterAll(() => browser.close());

/** Opens each page in a browser of its own, in one look, and says what `claim` finds. */
async function eachPage(look: { width: number; locale: string; theme: string; later: boolean }, claim: (page: Page, name: string) => Promise<string[]>): Promise<string[]> {
  const signedIn = await context.storageState();
  const found: string[] = [];
  for (const isPublic of [false, true]) {
    const fresh = await browser.newContext({ locale: "en-US", viewport: { width: look.width, height: 812 }, ...(!isPublic && { storageState: signedIn }) });
    await fresh.addInitScript(([locale, theme]) => { localStorage.setItem("4pass.locale", locale!); localStorage.setItem("4pass.theme", theme!); }, [look.locale, look.theme]);
    await fresh.addInitScript(WATCH);
    await fresh.addInitScript(SHIFTS);
    await fresh.addInitScript(ASKED);
    const own = await aPage(fresh);
    if (look.later) await own.page.clock.setFixedTime(Date.now() + 400 * DAY_MS);
    for (const [name, path] of addresses.filter(([, , each]) => each === isPublic)) {
      await own.page.goto(demo.base_url + path);
      await own.page.locator("h1").waitFor();
      await own.page.getByRole("status").filter({ hasText: /^(Loading|載入)/ }).waitFor({ state: "detached" });
      await own.page.locator("main .animate-pulse").first().waitFor({ state: "detached" });
      await expect.poll(() => own.page.evaluate(IS_QUIET), { timeout: 10_000 }).toBe(true);
      found.push(...(await claim(own.page, name)).map((fault) => `${name}: ${fault}`));
    }
    faults.push(...own.faults);
    await fresh.close();
  }
  return found;
}

describe("every page", () => {
  it("has an address of its own, and all of them are known here", () => {
    expect(addresses.length).toBeGreaterThanOrEqual(25);
    expect(addresses.filter(([, path]) => path.includes(":"))).toEqual([]);
  });

  it("stands within 375 px, with the long times of another year", async () => {
    const over = async (shown: Page) => [...(await shown.evaluate<string[]>(OVERFLOW)), ...(await shown.evaluate<string[]>(TALLER))];
    const found = [
      ...(await eachPage({ width: 375, locale: "en", theme: "dark", later: true }, over)),
      ...(await eachPage({ width: 375, locale: "zh-TW", theme: "light", later: false }, over)),
    ];

    expect(found).toEqual([]);
  }, 180_000);

  it.each([
    { width: 1440, locale: "en", theme: "dark" },
    { width: 375, locale: "zh-TW", theme: "light" },
  ])("has no serious fault of accessibility, and holds still: $width px, $locale, $theme", async (look) => {
    const found = await eachPage({ ...look, later: false }, async (shown, name) => {
      await isAccessible(shown);
      const shifted = await shown.evaluate<number>("window.shifted");
      await picture(shown, `${name.replaceAll("/", "-")}-${look.theme}`);
      return shifted > MOST_SHIFT ? [`moved by ${shifted.toFixed(3)} while it loaded`] : [];
    });

    expect(found).toEqual([]);
  }, 180_000);

  it("never broke the policy or threw", () => {
    expect(faults).toEqual([]);
  });
});
