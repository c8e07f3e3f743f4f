/** Names without accents or case, so that "Benaissa" finds Benaïssa; the same as inser_events/people/search.py. */
const PLAIN = { ø: "o", ł: "l", đ: "d", ı: "i", æ: "ae", œ: "oe", þ: "th", ð: "d", ß: "ss" };

export function fold(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[øłđıæœþðß]/g, (letter) => PLAIN[letter])
    .replace(/\p{M}/gu, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** The people whose folded `text` holds every word of the query, whole-word beginnings first. */
export function matching(people, query, most = 20) {
  const words = fold(query).split(" ").filter(Boolean);
  if (!words.length) {
    return [];
  }
  const found = people.filter((person) => words.every((word) => person.text.includes(word)));
  const begins = (person) => words.filter((word) => ` ${person.text}`.includes(` ${word}`)).length;
  return found.sort((a, b) => begins(b) - begins(a) || a.text.localeCompare(b.text)).slice(0, most);
}
