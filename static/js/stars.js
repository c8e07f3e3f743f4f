import { forgetTicket, readStars, ticketOf, writeStars } from "./kept-stars.js";

/**
 * Lets a reader star sessions without an account: kept in this browser, shown and exported by their address.
 * Once a ticket's agenda was opened in this browser, the stars go to the ticket too.
 */
export default function stars(root) {
  const { event, star, words } = root.dataset;
  const drawing = root.querySelector("template");
  const link = root.querySelector("a");
  const count = link.querySelector("span");
  let chosen = readStars(event);
  let ticket = ticketOf(event);

  function show() {
    count.textContent = words.replace("{count}", chosen.size);
    link.href = ticket || `/events/${event}/agenda?mine=${[...chosen].map(encodeURIComponent).join(",")}`;
    root.hidden = chosen.size === 0;
  }

  async function tell(uid, added) {
    const body = new URLSearchParams({ sessions: uid, act: added ? "add" : "remove" });
    try {
      const answer = await fetch(`${ticket}/stars`, { method: "POST", body, redirect: "manual", keepalive: true });
      if (answer.status === 404) {
        forgetTicket(event); // reissued or erased: the stars stay on this device
        ticket = "";
        show();
      }
    } catch {
      // No network: the star stays here, and the ticket's page offers to add it.
    }
  }

  for (const session of document.querySelectorAll("[data-session]:has(.session__tools)")) {
    const uid = session.id.replace(/^s-/, "");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "star";
    const title = session.querySelector(".session__title");
    button.setAttribute("aria-label", `${star}: ${title?.textContent.trim() ?? ""}`);
    button.append(drawing.content.cloneNode(true));
    const mark = () => button.setAttribute("aria-pressed", String(chosen.has(uid)));
    button.addEventListener("click", () => {
      // Another tab may have starred something meanwhile.
      chosen = readStars(event);
      const added = !chosen.delete(uid);
      if (added) {
        chosen.add(uid);
      }
      writeStars(event, chosen);
      mark();
      show();
      if (ticket) {
        tell(uid, added);
      }
    });
    mark();
    session.querySelector(".session__tools").prepend(button);
  }
  show();
}
