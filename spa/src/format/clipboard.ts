/** The clipboard of a browser: it may be refused, and is not there at all where the page came over plain http. */

/** Copies, and says whether it did. */
export async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
