/** Lets a reader star sessions without an account: kept in this browser, shown and exported by their address. */
export default function stars(root) {
  const { event, star, words } = root.dataset;
  const key = `stars:${event}`;
  const link = document.createElement("a");
  root.append(link);
  let chosen = read(key);

  function show() {
    link.textContent = words.replace("{count}", chosen.size);
    link.href = `/events/${event}/agenda?mine=${[...chosen].map(encodeURIComponent).join(",")}`;
    root.hidden = chosen.size === 0;
  }

  for (const session of document.querySelectorAll("[data-session]:not(.session--break)")) {
    const uid = session.id.replace(/^s-/, "");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "star";
    const title = session.querySelector(".session__title");
    button.setAttribute("aria-label", `${star}: ${title?.textContent.trim() ?? ""}`);
    const mark = () => {
      button.setAttribute("aria-pressed", String(chosen.has(uid)));
      button.textContent = chosen.has(uid) ? "★" : "☆";
    };
    button.addEventListener("click", () => {
      // Another tab may have starred something meanwhile.
      chosen = read(key);
      chosen.delete(uid) || chosen.add(uid);
      write(key, chosen);
      mark();
      show();
    });
    mark();
    title?.prepend(button);
  }
  show();
}

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((uid) => typeof uid === "string") : []);
  } catch {
    return new Set(); // storage is off, or holds something else
  }
}

function write(key, chosen) {
  try {
    localStorage.setItem(key, JSON.stringify([...chosen]));
  } catch {
    // Private windows refuse: the stars then last as long as the page.
  }
}
