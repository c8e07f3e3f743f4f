/** How a session looks in the grid. Everything that colour says is said in words or by a symbol as well. */

/** The nodes inside an entry. What is too long for its height is cut off at the end, so the title comes first. */
export function contentOf(entry, { home, words }) {
  if (!entry) {
    return "";
  }
  const nodes = [link(`${home}/sessions/${entry.id}`, entry.title)];
  const [from, to] = [entry.start.slice(11), endOf(entry)];
  if (entry.marks.length > 0) {
    nodes.push(mark(entry, words));
  }
  const facts = document.createElement("span");
  facts.className = "grid-entry__facts";
  facts.append(line("grid-entry__time", `${from}–${to}`, "ltr"), " ", line("grid-entry__sort", entry.sort));
  nodes.push(facts);
  if (entry.people) {
    nodes.push(line("grid-entry__people", entry.people));
  }
  const box = document.createElement("div");
  box.className = "grid-entry";
  box.title = [entry.title, `${from}–${to}`, entry.people, ...entry.marks].filter(Boolean).join("\n");
  box.append(...nodes);
  return { domNodes: [box] };
}

/** Classes by which the style sheet colours an entry. */
export function classesOf(entry) {
  if (!entry) {
    return ["grid-drawn"];
  }
  const size = entry.minutes < 25 ? ["grid-short"] : [];
  return [`grid-kind-${entry.kind}`, ...(entry.severity ? [`grid-${entry.severity}`] : []), ...size];
}

/** A link for the keyboard and for a click with the middle button; a plain click is the calendar's, which drags. */
function link(address, title) {
  const node = document.createElement("a");
  node.className = "grid-entry__title";
  node.href = address;
  node.draggable = false;
  node.append(line("", title));
  node.addEventListener("click", (event) => {
    const byKey = event.detail === 0;
    if (byKey || event.ctrlKey || event.metaKey) {
      event.stopPropagation();
    } else {
      event.preventDefault();
    }
  });
  return node;
}

function mark({ severity, marks }, words) {
  const sort = severity === "bad" ? words.problem : words.settle;
  const box = document.createElement("span");
  box.className = `grid-entry__mark grid-entry__mark--${severity}`;
  const symbol = document.createElement("span");
  symbol.setAttribute("aria-hidden", "true");
  symbol.textContent = severity === "bad" ? "▲ " : "● ";
  const text = document.createElement("span");
  text.textContent = sort;
  const detail = document.createElement("span");
  detail.className = "visually-hidden";
  detail.textContent = `: ${marks.join(" ")}`;
  box.append(symbol, text, detail);
  return box;
}

function line(name, text, direction = "auto") {
  const node = document.createElement("bdi");
  node.className = name;
  node.dir = direction;
  node.textContent = text;
  return node;
}

function endOf({ start, minutes }) {
  return new Date(Date.parse(`${start}Z`) + minutes * 60_000).toISOString().slice(11, 16);
}
