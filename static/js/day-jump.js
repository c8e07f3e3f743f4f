/** Marks, in the bar of days, the day that is being read, and keeps it in sight where the bar is too narrow for all. */
export default function dayJump(nav) {
  const links = new Map([...nav.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const days = [...document.querySelectorAll(".day")].filter((day) => links.has(day.id));
  const bar = nav.parentElement;
  const inView = new Set();

  function mark(current) {
    for (const [id, link] of links) {
      if (id !== current) {
        link.removeAttribute("aria-current");
      } else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        const away = link.getBoundingClientRect();
        const frame = bar.getBoundingClientRect();
        bar.scrollBy({ left: away.left + away.width / 2 - frame.left - frame.width / 2 });
      }
    }
  }

  // A day is being read while it crosses the line a quarter of the way down.
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        inView[entry.isIntersecting ? "add" : "delete"](entry.target.id);
      }
      const current = days.find((day) => inView.has(day.id)) ?? (inView.size ? null : days[0]);
      if (current && (inView.size || window.scrollY < current.offsetTop)) {
        mark(current.id);
      }
    },
    { rootMargin: "-25% 0px -75% 0px" },
  );
  days.forEach((day) => observer.observe(day));
}
