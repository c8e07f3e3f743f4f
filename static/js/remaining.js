/** How long it still takes, in words: minutes, with seconds near the end. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOURS_FROM = 100;
export const SOON = 5 * MINUTE;

/** *rest* in milliseconds; *minutes* and *hours* are phrases with {count} and {hours}. */
export function remaining(rest, minutes, hours) {
  if (rest <= SOON) {
    const seconds = Math.max(0, Math.ceil(rest / SECOND));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  const whole = Math.ceil(rest / MINUTE);
  if (whole < HOURS_FROM) {
    return minutes.replace("{count}", whole);
  }
  return hours.replace("{hours}", Math.floor(whole / 60)).replace("{count}", whole % 60);
}

/** Writes the rest into every [data-left] and [data-in] of *root*, whose moments are in milliseconds. */
export function count(root, now, words) {
  for (const place of root.querySelectorAll("[data-left], [data-in]")) {
    const rest = Number(place.dataset.left ?? place.dataset.in) - now;
    const phrase = place.dataset.left ? words.left : words.in;
    const text = rest <= 0 ? words.over : phrase.replace("{time}", remaining(rest, words.minutes, words.hours));
    place.classList.toggle("is-soon", Boolean(place.dataset.left) && rest < SOON);
    write(place, text);
  }
}

/** Touches the page only when the words change. */
export function write(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}
