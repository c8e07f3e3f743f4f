/**
 * Questions put in order by dragging their handle, with mouse, finger or pen. The arrow buttons beside each question
 * do the same from the keyboard and without JavaScript; this module sends one of their forms with the new place.
 */

/** The place among the others, counted from 0, of something let go at height *y*. */
function placeAt(others, y) {
  const before = others.findIndex((item) => {
    const box = item.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  return before === -1 ? others.length : before;
}

function mark(others, place) {
  others.forEach((item, number) => {
    item.classList.toggle("question--before", number === place);
    item.classList.toggle("question--after", place === others.length && number === place - 1);
  });
}

function drag(list, item) {
  const items = [...list.querySelectorAll("[data-question]")];
  const others = items.filter((one) => one !== item);
  const first = items.indexOf(item);
  let place = first;
  const watching = new AbortController();

  function move(event) {
    place = placeAt(others, event.clientY);
    mark(others, place === first ? -1 : place);
  }

  function stop(event) {
    watching.abort();
    mark(others, -1);
    item.classList.remove("question--dragged");
    if (event.type === "pointerup" && place !== first) {
      const form = item.querySelector("form");
      form.elements.place.value = place;
      form.submit();
    }
  }

  // The handle holds the pointer; its events come here whatever lies under it.
  for (const [name, act] of [["pointermove", move], ["pointerup", stop], ["pointercancel", stop]]) {
    document.addEventListener(name, act, { signal: watching.signal });
  }
  item.classList.add("question--dragged");
}

export default function formDesigner(list) {
  for (const handle of list.querySelectorAll("[data-handle]")) {
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      drag(list, handle.closest("[data-question]"));
    });
  }
  // After a move the page opens again at the question that moved: keep the keyboard there.
  const moved = document.getElementById(window.location.hash.slice(1));
  if (moved && list.contains(moved)) {
    moved.querySelector("a").focus();
  }
}
