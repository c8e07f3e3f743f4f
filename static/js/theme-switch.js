/** A button that turns light colours into dark ones and back, and remembers it on this device. */
export default function themeSwitch(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const text = button.querySelector("[data-text]");

  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

  function show() {
    const dark = isDark();
    button.toggleAttribute("data-dark", dark);
    text.textContent = dark ? button.dataset.toLight : button.dataset.toDark;
  }

  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // The choice then lasts for this page only.
    }
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}
