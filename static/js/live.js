/**
 * A room's screen: counts down, changes at the second something begins or ends, and looks for a new release.
 * The page carries its coming frames (<template data-from>), so it goes on while the network is away. Time is the
 * server's, told by a header of every answer: the screen's own clock may be wrong, or a rehearsal may have moved it.
 */
import { count, write } from "./remaining.js";

const CLOCK = "X-Server-Time";
const SECOND = 1000;

export default function live(element) {
  const state = { offset: 0, known: false, etag: "", lostAt: 0 };
  const now = () => Date.now() + state.offset;

  function tick() {
    if (state.known) {
      advance(element, now());
      count(element.querySelector("[data-shown]"), now(), element.dataset);
      write(element.querySelector("[data-clock]"), clock(now(), element.dataset.zone));
    }
    note(element, state.lostAt);
  }

  async function look() {
    try {
      const headers = state.etag ? { "If-None-Match": state.etag } : {};
      const sent = Date.now();
      const answer = await fetch(location.href, { headers, cache: "no-store" });
      const told = Number(answer.headers.get(CLOCK));
      if (!told || !(answer.ok || answer.status === 304)) {
        throw new Error(`status ${answer.status}`);
      }
      state.offset = told - (sent + Date.now()) / 2;
      state.known = true;
      state.lostAt = 0;
      if (answer.ok) {
        state.etag = answer.headers.get("ETag") ?? "";
        replace(element, await answer.text());
      }
    } catch {
      // Kept showing: what is on the screen is still the best anyone knows.
      state.lostAt ||= now();
    }
    tick();
    setTimeout(look, Number(element.dataset.every) * SECOND);
  }

  look();
  setInterval(tick, SECOND);
}

/** Show the frame of this moment, when it is one of those the page carries. */
function advance(element, now) {
  const due = [...element.querySelectorAll("template[data-from]")].filter((each) => Number(each.dataset.from) <= now);
  const latest = due.at(-1);
  if (!latest) {
    return;
  }
  element.querySelector("[data-shown]").replaceChildren(latest.content.cloneNode(true));
  for (const each of due) {
    each.remove();
  }
}

function replace(element, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("[data-module~=live]");
  const sheet = "link[rel=stylesheet]";
  if (!fresh || page.querySelector(sheet)?.href !== document.querySelector(sheet)?.href) {
    location.reload(); // another version of the product
    return;
  }
  element.replaceChildren(...document.adoptNode(fresh).childNodes);
  document.title = page.title;
}

function note(element, lostAt) {
  const place = element.querySelector("[data-lost-note]");
  place.hidden = !lostAt;
  if (lostAt) {
    write(place, element.dataset.lost.replace("{time}", clock(lostAt, element.dataset.zone)));
  }
}

function clock(at, zone) {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
}
