import { readStars, rememberTicket, writeStars } from "./kept-stars.js";

/**
 * On the agenda behind a ticket: offers to add what was starred on this device before, and tells the public agenda
 * which ticket its stars now go with. Nothing is sent until the person asks.
 */
export default function deviceStars(form) {
  const { event, ticket, one, many } = form.dataset;
  const kept = new Set(listed(form.dataset.starred));
  const known = new Set(listed(form.dataset.known));
  const more = [...readStars(event)].filter((uid) => known.has(uid) && !kept.has(uid));
  rememberTicket(event, ticket);
  if (more.length === 0) {
    writeStars(event, kept);
    return;
  }
  form.elements.sessions.value = more.join(",");
  form.querySelector("[role=status]").textContent = more.length === 1 ? one : many.replace("{count}", more.length);
  form.hidden = false;
}

function listed(text) {
  return text ? text.split(",") : [];
}
