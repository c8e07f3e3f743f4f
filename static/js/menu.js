/** A <details> used as a menu: closes on Escape and on a click or focus elsewhere. */
export default function menu(details) {
  const summary = details.querySelector("summary");

  const closeFromOutside = (event) => {
    if (details.open && !details.contains(event.target)) {
      details.open = false;
    }
  };
  document.addEventListener("click", closeFromOutside);
  document.addEventListener("focusin", closeFromOutside);
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && details.open) {
      details.open = false;
      summary.focus();
    }
  });
}
