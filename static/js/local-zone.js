/** Says, once a page, that the reader's own time is shown too; stays silent when it would be the same. */
import { differs } from "./zones.js";

export default function localZone(element) {
  const { zone, at, label } = element.dataset;
  if (differs(new Date(at), zone)) {
    element.textContent = label;
  }
}
