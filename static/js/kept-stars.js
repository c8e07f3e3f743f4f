/** What this browser keeps of starred sessions: which, and the ticket they go with. No cookie, nothing is sent. */
export function readStars(event) {
  try {
    const kept = JSON.parse(localStorage.getItem(`stars:${event}`) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((uid) => typeof uid === "string") : []);
  } catch {
    return new Set(); // storage is off, or holds something else
  }
}

export function writeStars(event, chosen) {
  keep(`stars:${event}`, JSON.stringify([...chosen]));
}

/** The address of the agenda behind the ticket that was opened in this browser; empty when there is none. */
export function ticketOf(event) {
  try {
    const kept = localStorage.getItem(`ticket:${event}`) ?? "";
    return /^\/tickets\/[A-Z]+\/agenda$/.test(kept) ? kept : "";
  } catch {
    return "";
  }
}

export function rememberTicket(event, address) {
  keep(`ticket:${event}`, address);
}

export function forgetTicket(event) {
  try {
    localStorage.removeItem(`ticket:${event}`);
  } catch {
    // Storage is off: there is nothing to forget.
  }
}

function keep(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Private windows refuse: what was kept lasts as long as the page.
  }
}
