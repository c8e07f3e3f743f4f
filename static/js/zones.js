/** The reader's clock against the event's. No module of a page: imported by local-time.js and local-zone.js. */
const language = document.documentElement.lang || "en";
// Marks beside the dash keep the earlier time at the left, also where lines run to the left (UAX 9).
const dash = document.documentElement.dir === "rtl" ? "\u200e–\u200e" : "–";
const readerZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const parts = new Map();

function formatter(zone) {
  if (!parts.has(zone)) {
    parts.set(
      zone,
      new Intl.DateTimeFormat("en-CA", {
        timeZone: zone,
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }),
    );
  }
  return parts.get(zone);
}

function wall(at, zone) {
  const found = Object.fromEntries(formatter(zone).formatToParts(at).map(({ type, value }) => [type, value]));
  return { date: `${found.year}-${found.month}-${found.day}`, time: `${found.hour}:${found.minute}` };
}

/** Whether the reader's clock reads otherwise than the event's at this moment. */
export function differs(at, zone) {
  const here = wall(at, readerZone);
  const there = wall(at, zone);
  return here.time !== there.time || here.date !== there.date;
}

/** "10:00", "10:00–11:30", or with the weekday in front when it is another day for the reader. */
export function readerSpan(starts, ends, zone) {
  const here = wall(starts, readerZone);
  const span = ends ? `${here.time}${dash}${wall(ends, readerZone).time}` : here.time;
  if (here.date === wall(starts, zone).date) {
    return span;
  }
  const weekday = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: readerZone }).format(starts);
  return `${weekday} ${span}`;
}
