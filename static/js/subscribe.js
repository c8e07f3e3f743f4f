/**
 * Makes a link to a calendar feed open the calendar's own "subscribe": the same address as webcal:.
 * Done here because the page is cached and must not depend on the host it was asked for.
 */
export default function subscribe(link) {
  link.href = link.href.replace(/^https?:/, "webcal:");
}
