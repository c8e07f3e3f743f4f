/** Counts down inside the element, on the server's clock. data-now: its time when the page was made, in milliseconds. */
import { count } from "./remaining.js";

export default function countdown(element) {
  const offset = Number(element.dataset.now) - Date.now();
  const tick = () => count(element, Date.now() + offset, element.dataset);
  tick();
  setInterval(tick, 1000);
}
