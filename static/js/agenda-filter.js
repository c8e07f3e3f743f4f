/** Finds sessions of the agenda by any word in them: titles, people, rooms. The page's own text is the index. */
export default function agendaFilter(root) {
  const input = root.querySelector("input");
  const count = root.querySelector("[role=status]");
  const entries = [...document.querySelectorAll("[data-session]")].map((element) => ({
    element,
    text: fold(element.textContent),
  }));
  const days = [...document.querySelectorAll(".day")];
  const { none, one, many } = root.dataset;

  function apply() {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, text } of entries) {
      element.hidden = !words.every((word) => text.includes(word));
      shown += element.hidden ? 0 : 1;
    }
    for (const day of days) {
      day.hidden = !day.querySelector("[data-session]:not([hidden])");
    }
    count.textContent = words.length ? [none, one][shown] ?? many.replace("{count}", shown) : "";
  }

  input.addEventListener("input", apply);
  // A link to a session must show it, whatever the filter says.
  window.addEventListener("hashchange", () => {
    if (input.value) {
      input.value = "";
      apply();
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
    }
  });
  root.hidden = false;
  if (input.value) {
    apply();
  }
}

/** Lower case, without accents, so that "petursdottir" finds "Pétursdóttir". */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
