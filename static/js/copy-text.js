/** A button that copies the text of the field in the element. Without it the text can be marked and copied by hand. */
export default function copyText(element) {
  const input = element.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--secondary";
  button.textContent = element.dataset.label;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      button.textContent = element.dataset.done;
    } catch {
      // No permission, or no HTTPS: the text stays marked, and the keyboard copies it.
      input.focus();
    }
  });
  element.append(button);
}
