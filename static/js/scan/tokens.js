/**
 * Reading tickets: the same as inser_events/tokens.py, letter for letter.
 * A token is thirty letters; the first ten are its number, the rest an HMAC-SHA-256 over that number.
 */
export const ALPHABET = "CBDEFGHIJKLNRTUV";
export const LENGTH = 30;
export const NUMBER_LETTERS = 10;

const RUN = new RegExp(`[${ALPHABET}${ALPHABET.toLowerCase()}]+`, "g");
const GAPS = /[ \t\r\n\u00a0-]+/g;
const LETTERS = new Set(ALPHABET);

// What a Turkish keyboard or an East Asian one in full-width mode makes of the letters.
const TYPED = new Map([["\u0131", "I"], ["\u0130", "I"]]);
for (const letter of ALPHABET) {
  TYPED.set(String.fromCodePoint(0xfee0 + letter.codePointAt(0)), letter);
  TYPED.set(String.fromCodePoint(0xfee0 + letter.toLowerCase().codePointAt(0)), letter);
}

/** The token in whatever a scanner, a paste or a person typed: the end of the last long run; else null. */
export function findToken(text) {
  const typed = [...text].map((character) => TYPED.get(character) ?? character).join("");
  return lastToken(typed) ?? lastToken(typed.replace(GAPS, ""));
}

function lastToken(text) {
  const runs = (text.match(RUN) ?? []).filter((run) => run.length >= LENGTH);
  return runs.length ? runs.at(-1).slice(-LENGTH).toUpperCase() : null;
}

/** Whether a keyboard layout has garbled what a USB scanner typed: a long code, but not in our letters. */
export function looksGarbled(text) {
  const solid = text.replace(/\s/g, "");
  return solid.length >= LENGTH && findToken(text) === null && [...solid].some((character) => !LETTERS.has(character));
}

/** The key of an event for `isAuthentic`, from base64; null where the browser has no cryptography (no HTTPS). */
export async function importKey(base64) {
  if (!globalThis.crypto?.subtle) {
    return null;
  }
  const bytes = Uint8Array.from(atob(base64), (character) => character.codePointAt(0));
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** Whether a token was made with this event's key. */
export async function isAuthentic(token, key) {
  return (await tokenOf(token.slice(0, NUMBER_LETTERS), key)) === token;
}

/** The token whose number is written in these ten letters. */
export async function tokenOf(number, key) {
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, toBytes(number)));
  return number + toLetters(signature.slice(0, (LENGTH - NUMBER_LETTERS) / 2));
}

function toBytes(letters) {
  const values = [...letters].map((letter) => ALPHABET.indexOf(letter));
  return Uint8Array.from({ length: values.length / 2 }, (_, n) => values[2 * n] * 16 + values[2 * n + 1]);
}

function toLetters(bytes) {
  return Array.from(bytes, (byte) => ALPHABET[byte >> 4] + ALPHABET[byte & 15]).join("");
}

/** A token in groups of five, to read aloud. */
export function grouped(token) {
  return token.replace(/(.{5})(?=.)/g, "$1 ");
}
