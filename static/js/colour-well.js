/** A colour to pick beside a field that takes it as text; each follows the other. */
export default function colourWell(input) {
  const well = document.createElement("input");
  well.type = "color";
  well.className = "input";
  well.setAttribute("aria-label", input.labels[0].textContent);
  const follow = () => {
    well.value = /^#[0-9a-f]{6}$/i.test(input.value) ? input.value : input.placeholder;
  };
  well.addEventListener("input", () => {
    input.value = well.value;
  });
  input.addEventListener("input", follow);
  follow();
  const both = document.createElement("div");
  both.className = "colour-well";
  input.replaceWith(both);
  both.append(well, input);
}
