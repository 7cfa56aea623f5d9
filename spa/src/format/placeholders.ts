/** TradingView's placeholders, filled as it would: so that an alert can be explained before it fires. */

const PLACEHOLDER = /\{\{\s*([\w.]+(?:\("[^"]*"\))?)\s*\}\}/g;
const PLOT = /^plot(?:_\d+|\("[^"]*"\))$/;

// What a strategy would say that just went long; `{{strategy.order.alert_message}}` is the author's own.
const SAMPLES = new Map([
  ["exchange", "BINANCE"],
  ["interval", "60"],
  ["open", "63900"],
  ["high", "64300"],
  ["low", "63800"],
  ["close", "64250.1"],
  ["volume", "12.5"],
  ["strategy.order.action", "buy"],
  ["strategy.order.contracts", "1"],
  ["strategy.order.price", "64250.1"],
  ["strategy.order.id", "Long"],
  ["strategy.order.comment", "Long"],
  ["strategy.position_size", "1"],
  ["strategy.market_position", "long"],
  ["strategy.market_position_size", "1"],
  ["strategy.prev_market_position", "flat"],
  ["strategy.prev_market_position_size", "0"],
]);

export interface Filled {
  text: string;
  /** What was put in, by placeholder, in the order of the text. */
  put: Record<string, string>;
}

/** Fills placeholders with examples; what is not TradingView's stays, and the edge says so. */
export function fillPlaceholders(text: string, ticker: string, now: Date): Filled {
  const put: Record<string, string> = {};
  const second = `${now.toISOString().slice(0, 19)}Z`;
  const filled = text.replace(PLACEHOLDER, (whole, name: string) => {
    const sample = sampleOf(name, ticker, second);
    if (sample === undefined) return whole;
    put[`{{${name}}}`] = sample;
    return sample;
  });
  return { text: filled, put };
}

/** Says whether there is anything to fill. */
export function hasPlaceholders(text: string): boolean {
  return text.includes("{{");
}

function sampleOf(name: string, ticker: string, second: string): string | undefined {
  if (name === "ticker") return ticker;
  if (name === "timenow" || name === "time") return second;
  return PLOT.test(name) ? "1" : SAMPLES.get(name);
}
