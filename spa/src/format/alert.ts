/** What the alert builder writes: an alert of ours as JSON, with TradingView's placeholders in it. */

export const PRESETS = ["orders", "position", "entry", "exit", "reverse", "cancel", "ping"] as const;
export type Preset = (typeof PRESETS)[number];

export const SIDES = ["long", "short"] as const;
export const EXIT_SIDES = ["any", "long", "short"] as const;
export const QUANTITY_TYPES = ["fixed_quantity", "notional", "percent_of_equity", "percent_of_position"] as const;
export const ORDER_TYPES = ["market", "limit"] as const;

/** What stands in the builder; texts that are empty are left out of the alert. */
export interface Draft {
  preset: Preset;
  ticker: string;
  side: string;
  quantity: string;
  quantityType: string;
  orderType: string;
  limitPrice: string;
  paper: string;
}

export const FRESH: Draft = {
  preset: "orders",
  ticker: "",
  side: "long",
  quantity: "",
  quantityType: "fixed_quantity",
  orderType: "market",
  limitPrice: "",
  paper: "",
};

/** What a preset lets be filled in. */
export type Field = "side" | "exitSide" | "quantity" | "quantityType" | "orderType";

const FIELDS: Record<Preset, readonly Field[]> = {
  orders: [],
  position: [],
  entry: ["side", "quantity", "quantityType", "orderType"],
  exit: ["exitSide", "quantity", "quantityType", "orderType"],
  reverse: ["quantity"],
  cancel: [],
  ping: [],
};

/** Says whether a preset asks for a field. */
export function asksFor(preset: Preset, field: Field): boolean {
  return FIELDS[preset].includes(field);
}

/** Returns the text that is pasted into TradingView's message field. */
export function alertText(draft: Draft): string {
  const fields = {
    ticker: draft.ticker.trim() || "{{ticker}}",
    ...MEANT[draft.preset](draft),
    ...(draft.paper ? { mode: "paper" } : {}),
    time: "{{timenow}}",
  };
  return JSON.stringify(fields, null, 2);
}

type Meant = Record<string, string>;

const MEANT: Record<Preset, (draft: Draft) => Meant> = {
  orders: () => ({
    action: "{{strategy.order.action}}",
    quantity: "{{strategy.order.contracts}}",
    price: "{{strategy.order.price}}",
    order_id: "{{strategy.order.id}}",
  }),
  position: () => ({
    action: "target",
    position: "{{strategy.market_position}}",
    market_position_size: "{{strategy.market_position_size}}",
    price: "{{close}}",
  }),
  entry: (draft) => ({ action: draft.side === "short" ? "short_entry" : "long_entry", ...size(draft), ...how(draft) }),
  exit: (draft) => ({ action: EXITS[draft.side] ?? "exit", ...size(draft), ...how(draft) }),
  reverse: (draft) => ({ action: "reverse", ...size({ ...draft, quantityType: "fixed_quantity" }), price: "{{close}}" }),
  cancel: () => ({ action: "cancel_all" }),
  ping: () => ({ action: "ping" }),
};

const EXITS: Record<string, string> = { long: "long_exit", short: "short_exit" };

function size({ quantity, quantityType }: Draft): Meant {
  if (!quantity.trim()) return {};
  const type = quantityType === "fixed_quantity" ? {} : { quantity_type: quantityType };
  return { quantity: quantity.trim(), ...type };
}

function how({ orderType, limitPrice }: Draft): Meant {
  if (orderType !== "limit") return { price: "{{close}}" };
  return { order_type: "limit", limit_price: limitPrice.trim() || "{{close}}" };
}
