import { expect, it } from "vitest";

import { showAge } from "./age";

it.each([
  [0.4, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [7199, "1 h"],
  [200_000, "2 d"],
])("shows %s seconds as %s", (seconds, shown) => {
  expect(showAge(seconds)).toBe(shown);
});
