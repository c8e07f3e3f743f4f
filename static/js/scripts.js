/**
 * Asks for the fonts of Chinese, Japanese and Korean where a page has such letters; app.js starts it. The sheets only say
 * which file has which characters: nothing is fetched for a reader whose machine has a font of its own.
 */
const HANGUL = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/;
const KANA = /[\u3040-\u30ff\uff66-\uff9f]/;
const HAN = /[\u2e80-\u9fff\uf900-\ufaff]/;
const TRADITIONAL = /^zh-(?:hant|tw|hk|mo)\b/i;

/** The fonts that *text* needs: sc, tc, jp, kr. Han characters look as their language writes them. */
export function fontsFor(text, language) {
  const needed = new Set();
  if (HANGUL.test(text)) {
    needed.add("kr");
  }
  if (KANA.test(text)) {
    needed.add("jp");
  } else if (HAN.test(text)) {
    needed.add(ofHan(language));
  }
  return needed;
}

function ofHan(language) {
  if (TRADITIONAL.test(language)) {
    return "tc";
  }
  return { ja: "jp", ko: "kr" }[language.slice(0, 2)] ?? "sc";
}

function ask(font) {
  const address = new URL(`../vendor/fonts/noto-sans-${font}/wght.css`, import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === address)) {
    return;
  }
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  document.head.append(link);
}

const asked = new Set();

function look(root) {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walk.nextNode()) {
    texts.push([walk.currentNode.data, walk.currentNode.parentElement]);
  }
  if (root.querySelectorAll) {
    texts.push(...[...root.querySelectorAll("input, textarea")].map((field) => [field.value, field]));
  }
  for (const [text, element] of texts) {
    const language = element?.closest("[lang]")?.lang ?? "";
    for (const font of fontsFor(text.replace("中文", ""), language)) {
      if (!asked.has(font)) {
        asked.add(font);
        ask(font);
      }
    }
  }
}

/** Look through *root* now and whenever something is added to it. */
export default function (root) {
  look(root);
  const watch = new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      look(node);
    }
  });
  watch.observe(root, { childList: true, subtree: true });
}
