/**
 * Entry: gives every element with data-module="x" to the default export of ./x.js.
 * Pages work without any of it; a module that fails leaves its element as the server made it.
 * data-started says that a module was asked for, data-ready that all modules of the element have run.
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
    const running = element.dataset.module.split(/\s+/).map((name) =>
      load(name)
        .then((module) => module.default(element))
        .catch((error) => console.error(`module ${name}`, error)),
    );
    Promise.all(running).then(() => { element.dataset.ready = ""; });
  }
}

start();
// Parts that htmx brings in later.
document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));

// Letters of Chinese, Japanese and Korean, whose fonts have style sheets of their own. Most pages have none.
const HAN = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uff9f]/;

function lookForHan(nodes) {
  const found = nodes.some((node) => HAN.test(node.textContent.replace("中文", "")) || HAN.test(node.value ?? ""));
  if (found) {
    watch.disconnect();
    load("scripts").then((module) => module.default(document.body));
  }
}

const watch = new MutationObserver((changes) => lookForHan(changes.flatMap((change) => [...change.addedNodes])));
watch.observe(document.body, { childList: true, subtree: true });
lookForHan([document.body, ...document.querySelectorAll("input, textarea")]);
