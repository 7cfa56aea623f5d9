/** Pictures of a page, to be looked at: 375 and 1440 px wide; none unless asked for. */
import type { Page } from "playwright-core";

const FOLDER = process.env.PICTURES;

/** Takes the page as it stands, wide and narrow, where the environment names a folder in PICTURES. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!FOLDER) return;
  const before = page.viewportSize();
  for (const width of [1440, 375]) {
    await page.setViewportSize({ width, height: width > 1000 ? 1000 : 812 });
    await page.screenshot({ path: `${FOLDER}/${name}-${width}.png` });
  }
  if (before) await page.setViewportSize(before);
}
