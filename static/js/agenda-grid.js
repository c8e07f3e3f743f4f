/**
 * The draft as a grid of rooms, by Event Calendar: drag, stretch and draw. Everything is saved at once, one edit after
 * the other, and the server's answer is what is shown; a move that it refuses goes back to where it was.
 *
 * Times here are those of the event's clock, without any zone: "2025-09-15T09:00". They are reckoned with as if they
 * were UTC, because the clock of this computer may skip an hour that the event's does not.
 */
import { contentOf, classesOf } from "./agenda-grid-entry.js";

const MINUTE = 60_000;
const LOOK_AGAIN = 20_000;
const SAID_FOR = 12_000;
const SHORTEST = 5;

export default async function agendaGrid(element) {
  await calendarIsThere();
  const grid = {
    element,
    home: element.dataset.home,
    csrf: element.dataset.csrf,
    words: JSON.parse(element.dataset.words),
    draft: JSON.parse(element.dataset.draft),
    said: element.querySelector("[data-said]"),
    busy: false,
    queue: Promise.resolve(),
  };
  grid.calendar = window.EventCalendar.create(element.querySelector("[data-calendar]"), optionsOf(grid));
  document.addEventListener("submit", (event) => takeStep(grid, event));
  document.addEventListener("keydown", (event) => pressStep(event));
  setInterval(() => !document.hidden && !grid.busy && inTurn(grid, () => look(grid)), LOOK_AGAIN);
}

/** Event Calendar is a deferred script of the page: it has run when the document is complete. */
function calendarIsThere() {
  if (window.EventCalendar) {
    return Promise.resolve();
  }
  return new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
}

function optionsOf(grid) {
  const { firstDay, lastDay, editable } = grid.element.dataset;
  const days = (Date.parse(lastDay) - Date.parse(firstDay)) / (24 * 60 * MINUTE) + 1;
  const may = Boolean(editable);
  return {
    view: "resourceTimeGridDay",
    views: { resourceTimeGridDay: { duration: { days }, datesAboveResources: true } },
    date: firstDay,
    locale: document.documentElement.lang,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    height: "var(--grid-height)",
    columnWidth: "minmax(var(--grid-column), 1fr)",
    slotDuration: "00:15",
    slotLabelInterval: "01:00",
    slotHeight: 24,
    snapDuration: "00:05",
    slotEventOverlap: false,
    slotLabelFormat: clockOf,
    dayHeaderFormat: (at) => dayOf(at, JSON.parse(grid.element.dataset.days)),
    scrollTime: grid.draft.begins,
    eventTimeFormat: clockOf,
    ...shown(grid),
    editable: may,
    selectable: may,
    longPressDelay: 350,
    selectMinDistance: 8,
    eventContent: ({ event }) => contentOf(event.extendedProps.entry, grid),
    eventClassNames: ({ event }) => classesOf(event.extendedProps.entry),
    eventDidMount: ({ el, event }) => named(el, event.id),
    eventAllUpdated: () => asGroup(grid.element),
    eventClick: ({ event }) => open(grid, event),
    eventDragStart: () => (grid.busy = true),
    eventDragStop: () => (grid.busy = false),
    eventResizeStart: () => (grid.busy = true),
    eventResizeStop: () => (grid.busy = false),
    eventDrop: (move) => inTurn(grid, () => send(grid, move.event.id, placeAfter(grid, move))),
    eventResize: (pull) => inTurn(grid, () => send(grid, pull.event.id, { longer: minutesOf(pull.endDelta) })),
    select: (drawn) => draw(grid, drawn),
  };
}

/** The link inside an entry is what the keyboard and a screen reader use; the box around it is none of theirs. */
function named(box, id) {
  box.dataset.session = id;
  box.removeAttribute("role");
  box.removeAttribute("tabindex");
}

/** Entries lie over the cells, not in them: told as a table this would be read as an empty one. */
function asGroup(element) {
  for (const node of element.querySelectorAll(".ec [role], .ec")) {
    if (/^(table|row|rowgroup|cell|columnheader)$/.test(node.getAttribute("role"))) {
      for (const name of ["role", "aria-colindex", "aria-colspan"]) {
        node.removeAttribute(name);
      }
    }
  }
}

/** What of the options follows from the draft. */
function shown({ draft, element }) {
  return {
    resources: draft.rooms.map(({ id, title }) => ({ id: columnOf(id), title })),
    events: draft.entries.map((entry) => ({
      id: entry.id,
      resourceIds: [columnOf(entry.room)],
      start: `${entry.start}:00`,
      end: `${later(entry.start, entry.minutes)}:00`,
      title: entry.title,
      extendedProps: { entry },
      editable: Boolean(element.dataset.editable),
    })),
    slotMinTime: hour(draft.first),
    slotMaxTime: hour(draft.last),
  };
}

/** One edit after the other: the next one must know the version that the last one made. */
function inTurn(grid, act) {
  grid.queue = grid.queue.then(act).catch(() => {
    say(grid, grid.words.failed, "bad");
    show(grid, grid.draft);
  });
  return grid.queue;
}

/** Ask the server for a move. *change*: minutes later and longer, and the new room where that is another. */
async function send(grid, id, { later: by = 0, longer = 0, room }) {
  const entry = grid.draft.entries.find((each) => each.id === id);
  const body = {
    start: later(entry.start, by),
    minutes: Math.max(SHORTEST, entry.minutes + longer),
    room: room ?? entry.room,
    version: entry.version,
  };
  const answer = await fetch(`${grid.home}/sessions/${id}/move`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": grid.csrf },
    body: JSON.stringify(body),
  });
  if (answer.redirected) {
    signedOut(grid);
    return;
  }
  const told = await answer.json();
  replaceLive(new DOMParser().parseFromString(told.live, "text/html").body);
  show(grid, told.grid);
  say(grid, told.said, answer.ok ? "good" : "warn");
}

/** Undo and redo stay on the page: the form goes by fetch, and what the page became is taken over. */
function takeStep(grid, event) {
  if (!event.target.matches("[data-steps]")) {
    return;
  }
  event.preventDefault();
  const { formAction, value } = event.submitter;
  const sent = new FormData(event.target);
  sent.set("step", value);
  sent.set("view", "grid");
  inTurn(grid, async () => takeOver(grid, await fetch(formAction, { method: "POST", body: sent })));
}

function pressStep(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.closest("input, textarea")) {
    return;
  }
  const button = document.querySelector(`[data-steps] [formaction$="/${event.shiftKey ? "redo" : "undo"}"]`);
  if (button) {
    event.preventDefault();
    button.click();
  }
}

/** See what others have done. */
async function look(grid) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (answer?.ok && !answer.redirected && !grid.busy) {
    await takeOver(grid, answer);
  }
}

async function takeOver(grid, answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-module~='agenda-grid']");
  if (!fresh) {
    signedOut(grid);
    return;
  }
  const draft = JSON.parse(fresh.dataset.draft);
  if (JSON.stringify(draft) !== JSON.stringify(grid.draft)) {
    replaceLive(page);
    show(grid, draft);
  }
  for (const notice of page.querySelectorAll(".flashes .notice")) {
    say(grid, notice.textContent.trim(), notice.matches(".notice--good") ? "good" : "warn");
  }
}

function show(grid, draft) {
  grid.draft = draft;
  for (const [name, value] of Object.entries(shown(grid))) {
    if (JSON.stringify(value) !== JSON.stringify(grid.calendar.getOption(name)) || name === "events") {
      grid.calendar.setOption(name, value);
    }
  }
}

function replaceLive(page) {
  const here = document.querySelector("[data-desk-live]");
  const fresh = page.querySelector("[data-desk-live]") ?? page;
  const open = here.querySelector("details")?.open;
  here.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
  const details = here.querySelector("details");
  if (details && open) {
    details.open = true;
  }
}

/** A word on what became of it; after a move with the button that takes it back. */
function say(grid, text, tone) {
  const undo = document.querySelector('[data-steps] [formaction$="/undo"]');
  const notice = document.createElement("div");
  notice.className = `notice notice--${tone} agenda-grid__notice`;
  const words = document.createElement("p");
  words.textContent = text;
  notice.append(words);
  if (tone === "good" && undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--secondary button--small";
    button.textContent = grid.words.undo;
    button.addEventListener("click", () => document.querySelector('[data-steps] [formaction$="/undo"]')?.click());
    notice.append(button);
  }
  grid.said.replaceChildren(notice);
  if (tone === "good") {
    setTimeout(() => notice.contains(document.activeElement) || notice.remove(), SAID_FOR);
  }
}

function signedOut(grid) {
  say(grid, grid.words.signed_out, "bad");
  show(grid, grid.draft);
}

function open(grid, { id }) {
  location.assign(`${grid.home}/sessions/${id}`);
}

/** An empty place was drawn over: the form for a new session, filled in so far. */
function draw(grid, { startStr, endStr, resource }) {
  const start = startStr.slice(0, 16);
  const minutes = Math.max(SHORTEST, Math.round((instant(endStr.slice(0, 16)) - instant(start)) / MINUTE));
  const asked = new URLSearchParams({ start, minutes, room: roomOf(resource.id) });
  location.assign(`${grid.home}/sessions/new?${asked}`);
}

function placeAfter(grid, { delta, newResource }) {
  return { later: minutesOf(delta), room: newResource ? roomOf(newResource.id) : undefined };
}

const minutesOf = ({ days = 0, seconds = 0 }) => Math.round(days * 24 * 60 + seconds / 60);
const instant = (text) => Date.parse(`${text}Z`);
const later = (start, minutes) => new Date(instant(start) + minutes * MINUTE).toISOString().slice(0, 16);
const hour = (count) => `${String(count).padStart(2, "0")}:00`;

// A column needs a name of its own also where it stands for no room.
const columnOf = (room) => room || "none";
const roomOf = (column) => (column === "none" ? "" : column);

function clockOf(at) {
  return `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}

/** A day as the server calls it: its languages know more than the browser's. */
function dayOf(at, labels) {
  const pad = (count) => String(count).padStart(2, "0");
  return labels[`${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`] ?? "";
}
