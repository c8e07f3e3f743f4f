/**
 * Moves the fields of a badge with mouse, finger or keys. The page works without it, by its links and forms: this
 * fetches the same addresses and puts the fresh page's part in the place of the old one, so that nothing jumps.
 */
const NUDGE = 0.5;
const STRIDE = 5;
const PAUSE = 500;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The box of a field in millimetres. */
function boxOf(field) {
  const box = field.querySelector(".badge-field__box");
  return Object.fromEntries(["x", "y", "width", "height"].map((name) => [name, Number(box.getAttribute(name))]));
}

function draw(field, box) {
  const drawn = field.querySelector(".badge-field__box");
  Object.entries(box).forEach(([name, value]) => drawn.setAttribute(name, value));
  const handle = field.querySelector("[data-handle]");
  const half = Number(handle?.getAttribute("width")) / 2;
  handle?.setAttribute("x", box.x + box.width - half);
  handle?.setAttribute("y", box.y + box.height - half);
}

/** Keeps a box on the badge, to tenths of a millimetre. */
function kept(box, canvas) {
  const wide = Number(canvas.dataset.width);
  const high = Number(canvas.dataset.height);
  const tenth = (number) => Math.round(number * 10) / 10;
  const width = tenth(Math.min(Math.max(box.width, 1), wide));
  const height = tenth(Math.min(Math.max(box.height, 1), high));
  return {
    x: tenth(Math.min(Math.max(box.x, 0), wide - width)),
    y: tenth(Math.min(Math.max(box.y, 0), high - height)),
    width,
    height,
  };
}

export default function badgeDesigner(root) {
  let timer = null;
  let request = 0;

  async function show(address, options = {}, focus = "") {
    const mine = ++request;
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { ...options, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(root.id);
      if (mine !== request) {
        return;
      }
      if (!fresh) {
        window.location.assign(answer.url);
        return;
      }
      const messages = page.querySelector(".flashes");
      document.querySelector(".flashes")?.remove();
      if (messages) {
        root.before(messages);
      }
      root.replaceChildren(...fresh.childNodes);
      if (answer.ok) {
        window.history.replaceState(null, "", answer.url);
      }
      tidy();
      root.querySelector(focus || ".error-summary")?.focus({ preventScroll: Boolean(focus) });
    } catch {
      // No network: the next act tries again, and what is on the page stays.
    } finally {
      root.removeAttribute("aria-busy");
    }
  }

  function send(form, focus) {
    return show(form.action, { method: "POST", body: new FormData(form) }, focus);
  }

  function place(field) {
    const form = root.querySelector("[data-place]");
    const box = boxOf(field);
    const values = { key: field.dataset.field, left: box.x, top: box.y, width: box.width, height: box.height };
    Object.entries(values).forEach(([name, value]) => { form.elements[name].value = value; });
    send(form, `[data-field="${CSS.escape(field.dataset.field)}"]`);
  }

  function drag(event, field) {
    const canvas = root.querySelector(".badge-canvas");
    const scale = Number(canvas.dataset.width) / canvas.getBoundingClientRect().width;
    const start = boxOf(field);
    const resizes = Boolean(event.target.closest("[data-handle]"));
    const watching = new AbortController();
    let moved = false;

    function move({ clientX, clientY }) {
      const x = (clientX - event.clientX) * scale;
      const y = (clientY - event.clientY) * scale;
      moved ||= Math.hypot(x, y) > 0.5;
      const box = resizes ? { ...start, width: start.width + x, height: start.height + y } : { ...start, x: start.x + x, y: start.y + y };
      if (moved) {
        draw(field, kept(box, canvas));
      }
    }

    function stop({ type }) {
      watching.abort();
      if (type === "pointercancel") {
        draw(field, start);
      } else if (moved) {
        place(field);
      } else {
        show(field.dataset.href, {}, `[data-field="${CSS.escape(field.dataset.field)}"]`);
      }
    }

    for (const [name, act] of [["pointermove", move], ["pointerup", stop], ["pointercancel", stop]]) {
      document.addEventListener(name, act, { signal: watching.signal });
    }
  }

  function press(event) {
    const field = event.target.closest("[data-field]");
    const arrow = ARROWS[event.key];
    if (!field || (!arrow && event.key !== "Enter" && event.key !== " ")) {
      return;
    }
    event.preventDefault();
    if (!arrow) {
      show(field.dataset.href, {}, "#left");
      return;
    }
    const step = event.shiftKey ? STRIDE : NUDGE;
    const box = boxOf(field);
    const [x, y] = arrow.map((way) => way * step);
    const next = event.altKey ? { ...box, width: box.width + x, height: box.height + y } : { ...box, x: box.x + x, y: box.y + y };
    draw(field, kept(next, root.querySelector(".badge-canvas")));
    clearTimeout(timer);
    timer = setTimeout(() => place(field), PAUSE);
  }

  /** A field for a picture needs one; the others do not. */
  function tidy() {
    const kind = root.querySelector("[data-kind]");
    root.querySelector("[data-picture]").hidden = kind.value !== "picture";
  }

  root.addEventListener("pointerdown", (event) => {
    const field = event.target.closest("[data-field]");
    if (field && event.button === 0) {
      event.preventDefault();
      drag(event, field);
    }
  });
  root.addEventListener("keydown", press);
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(link.href);
    }
  });
  root.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-quiet]") && event.target.method === "post") {
      event.preventDefault();
      send(event.target);
    }
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-at-once]")) {
      const form = event.target.form;
      show(`${form.action}?${new URLSearchParams(new FormData(form))}`, {}, "#person");
    } else if (event.target.matches("[data-kind]")) {
      tidy();
    }
  });
  tidy();
}
