/**
 * The clock on the wall where the event is. The server says how far it is from UTC and since when, because a phone may
 * know an older rule: Morocco has changed its mind more than once. Without that the browser's own rules serve.
 */
const MINUTE = 60_000;
const formats = new Map();

/**
 * { day: "2025-09-15", time: "09:00" } at a moment (milliseconds). `offsets`: [[since, minutes from UTC], …] in order;
 * `zone`: its IANA name; with neither, this device's own.
 */
export function wallTime(at, { zone, offsets } = {}) {
  if (offsets?.length) {
    const [, minutes] = offsets.findLast(([since]) => since <= at) ?? offsets[0];
    const text = new Date(at + minutes * MINUTE).toISOString();
    return { day: text.slice(0, 10), time: text.slice(11, 16) };
  }
  const parts = Object.fromEntries(formatOf(zone).formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

function formatOf(timeZone) {
  if (!formats.has(timeZone)) {
    const shown = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
    formats.set(timeZone, new Intl.DateTimeFormat("en-CA", { ...shown, hourCycle: "h23", timeZone }));
  }
  return formats.get(timeZone);
}
