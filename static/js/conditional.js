/**
 * Shows of a form only what applies. A part carries data-when, JSON with any of: modes, categories, and field with
 * values (the answer to another question). data-needed names the categories for which a field is not optional. Parts that do not apply are hidden and not sent; the server judges again.
 */

/** The answers to the question named *field*: values of its controls; yes or no for a single box to tick. */
function answersTo(form, field) {
  const controls = [...form.elements].filter((control) => control.name === field && control.type !== "hidden");
  if (controls.every((control) => control.disabled)) {
    return [];
  }
  if (controls.length === 1 && controls[0].type === "checkbox" && controls[0].value === "y") {
    return [controls[0].checked ? "yes" : "no"];
  }
  return controls
    .filter((control) => !["checkbox", "radio"].includes(control.type) || control.checked)
    .map((control) => control.value);
}

function valueOf(form, name) {
  return new FormData(form).get(name) ?? "";
}

/** Whether a condition holds for what the form says now. */
export function applies(when, form) {
  if (when.modes && !when.modes.includes(valueOf(form, "mode"))) {
    return false;
  }
  if (when.categories && !when.categories.includes(valueOf(form, "category"))) {
    return false;
  }
  return !when.field || answersTo(form, when.field).some((answer) => when.values.includes(answer));
}

function show(part, visible) {
  part.hidden = !visible;
  for (const control of part.querySelectorAll("input, select, textarea")) {
    control.disabled = !visible;
  }
}

export default function conditional(form) {
  const parts = [...form.querySelectorAll("[data-when]")];
  // In the order of the page: what hangs on a hidden question is hidden with it.
  const update = () => {
    for (const part of parts) {
      show(part, applies(JSON.parse(part.dataset.when), form));
    }
    for (const part of form.querySelectorAll("[data-needed]")) {
      part.querySelector(".field__optional").hidden = JSON.parse(part.dataset.needed).includes(valueOf(form, "category"));
    }
  };
  for (const line of form.querySelectorAll("[data-whom]")) {
    line.hidden = true;
  }
  form.addEventListener("change", update);
  window.addEventListener("pageshow", update);
  update();
}
