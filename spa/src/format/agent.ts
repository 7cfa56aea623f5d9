/** A browser by its User-Agent, for a person to know it again; never to decide anything by. */

const BROWSERS = [
  ["Edge", /Edg(?:e|A|iOS)?\//],
  ["Opera", /OPR\//],
  ["Firefox", /(?:Firefox|FxiOS)\//],
  ["Chrome", /(?:HeadlessChrome|Chrome|CriOS)\//],
  ["Safari", /Safari\//],
] as const;
const SYSTEMS = [
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Android", /Android/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
] as const;

/** Returns `Firefox · Linux`; what it does not know is shown as it came, cut short. */
export function showAgent(agent: string): string {
  const parts = [BROWSERS, SYSTEMS].map((known) => known.find(([, mark]) => mark.test(agent))?.[0]);
  return parts.filter((part) => part !== undefined).join(" · ") || agent.slice(0, 60) || "–";
}
