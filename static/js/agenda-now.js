/**
 * Marks what is on now, by the reader's own clock, and leads there. The page itself is the same for everybody and for
 * hours, so that it can be cached; outside the days of the event nothing is marked.
 */
const SOON = 12 * 3600_000;

export default function agendaNow(link) {
  const word = link.textContent.trim();
  const sessions = [...document.querySelectorAll("[data-session]:not(.session--cancelled)")].map((element) => {
    const [starts, ends] = [...element.querySelectorAll(".session__time .clock")].map((time) => Date.parse(time.dateTime));
    const label = document.createElement("span");
    label.className = "session__now pill pill--accent";
    label.textContent = word;
    return { element, starts, ends, label };
  });

  function mark() {
    const now = Date.now();
    const near = sessions.filter(({ starts, ends }) => ends > now && starts < now + SOON);
    for (const { element, starts, ends, label } of sessions) {
      const isOn = starts <= now && now < ends;
      element.toggleAttribute("data-now", isOn);
      element.toggleAttribute("data-past", near.length > 0 && ends <= now);
      if (isOn && !label.isConnected) {
        element.querySelector(".session__time").append(label);
      } else if (!isOn) {
        label.remove();
      }
    }
    const next = near.find(({ starts }) => starts <= now) ?? near[0];
    link.hidden = !next;
    link.hash = next?.element.id ?? "main";
    setTimeout(mark, 60_000 - (now % 60_000));
  }

  if (sessions.length > 0) {
    mark();
  }
}
