/**
 * Entry: gives every element with data-module="x" to the default export of ./x.js.
 * Pages work without any of it; a module that fails leaves its element as the server made it.
 */
const loading = new Map();

function load(name) {
  if (!loading.has(name)) {
    loading.set(name, import(`./${name}.js`));
  }
  return loading.get(name);
}

/** Start the modules of every element in *root* that has none running yet. */
export function start(root = document) {
  for (const element of root.querySelectorAll("[data-module]:not([data-started])")) {
    element.dataset.started = "";
    for (const name of element.dataset.module.split(/\s+/)) {
      load(name)
        .then((module) => module.default(element))
        .catch((error) => console.error(`module ${name}`, error));
    }
  }
}

start();
// Parts that htmx brings in later.
document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));
