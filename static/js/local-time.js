/**
 * Adds the reader's own time beneath a time on the event's clock, when the two differ at that moment.
 * Markup: <time datetime="…Z" data-zone="Africa/Casablanca" data-label="{time} your time" [data-until="…Z"] [data-alone]>
 * With data-alone the element holds nothing else.
 */
import { differs, readerSpan } from "./zones.js";

export default function localTime(element) {
  const starts = new Date(element.dateTime);
  const { zone, until, label } = element.dataset;
  if (!differs(starts, zone)) {
    return;
  }
  const text = label.replace("{time}", readerSpan(starts, until ? new Date(until) : null, zone));
  if ("alone" in element.dataset) {
    element.textContent = text;
    return;
  }
  const line = document.createElement("span");
  line.className = "clock__local";
  line.textContent = text;
  element.append(line);
}
