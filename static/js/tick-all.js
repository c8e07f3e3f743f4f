/** Ticks every box of a form that has the name data-name, or takes all ticks away when none is missing. */
export default function tickAll(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = [...button.form.querySelectorAll(`input[type=checkbox][name="${button.dataset.name}"]`)];
    const wanted = boxes.some((box) => !box.checked);
    for (const box of boxes) {
      box.checked = wanted;
    }
  });
}
