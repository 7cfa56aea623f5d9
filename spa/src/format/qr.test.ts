import { expect, it } from "vitest";

import { qrPath } from "./qr";

it("draws a code with a light frame around three finder patterns", () => {
  const { size, path } = qrPath("otpauth://totp/4pass:a@b.example?secret=JBSWY3DPEHPK3PXP&issuer=4pass");
  const dark = new Set(path.split("z").map((square) => square.slice(0, square.indexOf("h"))));

  expect((size - 8 - 17) % 4).toBe(0);
  for (const corner of ["M4 4", `M${size - 5} 4`, `M4 ${size - 5}`]) expect(dark).toContain(corner);
  expect([...dark].some((square) => /^M[0-3] | [0-3]$/.test(square))).toBe(false);
});
