import { encode } from "uqr";

/** The light frame that readers need around the code, in modules (ISO/IEC 18004 asks for 4). */
const QUIET = 4;

/** Draws text as a QR code: one SVG path of dark modules, in a square of `size` modules a side. */
export function qrPath(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { ecc: "M", border: QUIET });
  const runs = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: runs.join("") };
}
