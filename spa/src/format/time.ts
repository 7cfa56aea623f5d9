/** Times are RFC 3339 UTC from the server; a reader sees them in the zone of the exchange, or in their own. */

/** An IANA name: the two that exchanges here count in, or the one of this device. */
export type Zone = string;

// Shares by number, futures by their roots with a month (TXFR1, MXF202612, TXF1!), or the exchange's own word.
const TAIWAN = /^(?:(?:TWSE|TPEX|TAIFEX):.+|\d{4,6}[A-Z]?|[A-Z]{2}F(?:R\d|[A-L]\d|\d{6}|\d?!))$/i;
const CLOCK: Intl.DateTimeFormatOptions = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};
const PARTS = {
  clock: CLOCK,
  finely: { ...CLOCK, fractionalSecondDigits: 3 },
  day: { year: "numeric", month: "2-digit", day: "2-digit" },
  name: { timeZoneName: "shortOffset" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;
// Making one takes longer than a hundred uses of it, and a long table shows a time in every row.
const made = new Map<string, Intl.DateTimeFormat>();

/** Returns the zone that a symbol's exchange counts its days in. */
export function zoneOf(symbol: string): Zone {
  return TAIWAN.test(symbol) ? "Asia/Taipei" : "UTC";
}

/** Returns the zone that this device is set to. */
export function ownZone(): Zone {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** Returns the short name that stands beside a time; any other zone's is its distance from UTC just then. */
export function zoneName(zone: Zone, at: string): string {
  if (zone === "UTC") return "UTC";
  if (zone === "Asia/Taipei") return "TPE";
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return zone;
  const named = formatOf(zone, "name").formatToParts(when).find(({ type }) => type === "timeZoneName");
  return named?.value.replace("GMT", "UTC") ?? zone;
}

/** Shows a time; the day is left out where it is today's in that zone, the year where it is this one. */
export function showTime(at: string, zone: Zone, { withMs = false, now = new Date() } = {}): string {
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return at;
  const clock = part(when, zone, withMs ? "finely" : "clock");
  const day = part(when, zone, "day");
  const today = part(now, zone, "day");
  if (day === today) return clock;
  return `${day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day} ${clock}`;
}

/** Shows a time with its day in UTC, to the millisecond. */
export function showUtc(at: string): string {
  const when = new Date(at);
  return Number.isNaN(when.getTime()) ? at : when.toISOString().replace("T", " ").replace("Z", " UTC");
}

/** Turns a time of the server's into text that sorts: it leaves zero fractions out. */
export function sortable(at: string): string {
  const [whole = "", fraction = ""] = at.replace("Z", "").split(".");
  return `${whole}.${fraction.padEnd(6, "0")}`;
}

function part(when: Date, zone: Zone, name: keyof typeof PARTS): string {
  return formatOf(zone, name).format(when);
}

function formatOf(zone: Zone, name: keyof typeof PARTS): Intl.DateTimeFormat {
  const key = `${zone} ${name}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat("en-CA", { ...PARTS[name], timeZone: zone });
  made.set(key, format);
  return format;
}
