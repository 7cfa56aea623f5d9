/** Prices and quantities are decimal text from the server to the screen; no float ever holds one. */

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Returns -1, 0 or 1; text that is no decimal counts as 0. */
export function signOf(text: string): -1 | 0 | 1 {
  const found = DECIMAL.exec(text);
  if (!found || !/[1-9]/.test(text)) return 0;
  return found[1] === "-" ? -1 : 1;
}

/** Groups the whole part by thousands: `-1234.50` becomes `−1,234.50`. Digits stay as they are. */
export function showDecimal(text: string, { withSign = false } = {}): string {
  const found = DECIMAL.exec(text);
  if (!found) return text;
  const [, sign, whole = "", part] = found;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const shownSign = sign === "-" ? "−" : withSign && signOf(text) > 0 ? "+" : "";
  return shownSign + grouped + (part === undefined ? "" : `.${part}`);
}

/** Returns a − b exactly, with as many places as the longer of the two; null if one is no decimal. */
export function subtract(a: string, b: string): string | null {
  const places = Math.max(placesOf(a), placesOf(b));
  const left = scaled(a, places);
  const right = scaled(b, places);
  return left === null || right === null ? null : unscaled(left - right, places);
}

function placesOf(text: string): number {
  return DECIMAL.exec(text)?.[3]?.length ?? 0;
}

function scaled(text: string, places: number): bigint | null {
  const found = DECIMAL.exec(text);
  if (!found) return null;
  const [, sign, whole = "", part = ""] = found;
  const digits = BigInt(whole + part.padEnd(places, "0"));
  return sign === "-" ? -digits : digits;
}

function unscaled(number: bigint, places: number): string {
  const digits = (number < 0n ? -number : number).toString().padStart(places + 1, "0");
  const sign = number < 0n ? "-" : "";
  const cut = digits.length - places;
  return sign + digits.slice(0, cut) + (places > 0 ? `.${digits.slice(cut)}` : "");
}
