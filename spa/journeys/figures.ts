/** What measures report: ranks of a list of milliseconds, written to the screen. */

function rank(sorted: readonly number[], percent: number): string {
  return (sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0).toFixed(1);
}

/** Writes one line: how many there were, and their ranks. */
export function report(what: string, ms: readonly number[]): void {
  const sorted = [...ms].sort((one, other) => one - other);
  const ranks = [50, 95, 99, 100].map((percent) => `p${percent} ${rank(sorted, percent)} ms`);
  process.stdout.write(`measure: ${what}: n ${sorted.length}, ${ranks.join(", ")}\n`);
}

/** Writes one line of plain facts. */
export function tell(what: string, facts: Record<string, number>): void {
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(1)}`);
  process.stdout.write(`measure: ${what}: ${shown.join(", ")}\n`);
}
