/**
 * Questions put in order by dragging their handle, with mouse, finger or pen. The arrow buttons beside each question
 * do the same from the keyboard and without JavaScript; this module sends one of their forms with the new place.
 */

function placeAt(items, dragged, y) {
  const others = items.filter((item) => item !== dragged);
  const before = others.findIndex((item) => {
    const box = item.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  return before === -1 ? others.length : before;
}

function settle(item, place) {
  const form = item.querySelector("form");
  form.elements.place.value = place;
  form.submit();
}

function dragging(list, handle) {
  const item = handle.closest("[data-question]");
  const first = [...list.children].indexOf(item);
  let place = first;

  function move(event) {
    const items = [...list.children];
    place = placeAt(items, item, event.clientY);
    const others = items.filter((one) => one !== item);
    list.insertBefore(item, others[place] ?? null);
  }

  function stop(event) {
    handle.removeEventListener("pointermove", move);
    item.classList.remove("question--dragged");
    if (event.type === "pointercancel") {
      list.insertBefore(item, [...list.children].filter((one) => one !== item)[first] ?? null);
    } else if (place !== first) {
      settle(item, place);
    }
  }

  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", stop, { once: true });
  handle.addEventListener("pointercancel", stop, { once: true });
  item.classList.add("question--dragged");
}

export default function formDesigner(list) {
  for (const handle of list.querySelectorAll("[data-handle]")) {
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      dragging(list, handle);
    });
  }
  // After a move the page opens again at the question that moved: keep the keyboard there.
  const moved = document.getElementById(window.location.hash.slice(1));
  if (moved && list.contains(moved)) {
    moved.querySelector("a").focus();
  }
}
