/**
 * Slots of a session put in order by dragging a grip, with a mouse or a finger. The buttons "Up" and "Down" do the same
 * without; the server reorders, this only shows where a slot would come to lie.
 */
export default function slotOrder(list) {
  for (const row of list.children) {
    const grip = document.createElement("span");
    grip.className = "slot-row__grip";
    grip.textContent = "⠿";
    grip.setAttribute("aria-hidden", "true");
    grip.addEventListener("pointerdown", (event) => drag(list, row, event));
    row.prepend(grip);
  }
}

function drag(list, row, pressed) {
  if (pressed.button !== 0) {
    return;
  }
  pressed.preventDefault();
  const before = [...list.children].indexOf(row);
  row.classList.add("slot-row--dragged");

  const move = ({ clientY }) => {
    const others = [...list.children].filter((each) => each !== row);
    const after = others.find((each) => clientY < middle(each)) ?? null;
    if (row.nextElementSibling !== after) {
      list.insertBefore(row, after);
    }
  };

  const stop = (event) => {
    ended.abort();
    row.classList.remove("slot-row--dragged");
    const here = [...list.children].indexOf(row);
    if (event.type === "pointercancel") {
      list.insertBefore(row, [...list.children].filter((each) => each !== row)[before] ?? null);
    } else if (here !== before) {
      send(row.querySelector("form"), here);
    }
  };

  // On the window: a grip that moves in the document loses the pointer it has caught.
  const ended = new AbortController();
  for (const [name, act] of Object.entries({ pointermove: move, pointerup: stop, pointercancel: stop })) {
    window.addEventListener(name, act, { signal: ended.signal });
  }
}

function middle(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}

function send(form, place) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "place";
  field.value = place;
  form.append(field);
  form.submit();
}
