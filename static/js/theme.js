// Runs before the page is painted, so that a chosen theme never flashes. The switch itself: theme-switch.js.
(function applyChosenTheme() {
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") {
      document.documentElement.dataset.theme = chosen;
    }
  } catch {
    // Storage can be forbidden; the system's theme is then used.
  }
})();
