/** Lines for the answers of a question: a button that adds another empty one. */
export default function formDesignerOptions(box) {
  const add = box.querySelector("[data-add]");
  add.hidden = false;
  add.addEventListener("click", () => {
    const rows = box.querySelectorAll("[data-row]");
    const row = rows[rows.length - 1].cloneNode(true);
    const number = rows.length + 1;
    for (const input of row.querySelectorAll("input")) {
      input.value = "";
      if (input.id) {
        const id = input.id.replace(/^option-\d+/, `option-${number}`);
        const label = row.querySelector(`label[for="${input.id}"]`);
        label.htmlFor = id;
        label.textContent = label.textContent.replace(/\d+/, number);
        input.id = id;
      }
    }
    add.before(row);
    row.querySelector(".input").focus();
  });
}
