"""The alphabetical order of a language, for lists on paper and on screen.

Close to what the CLDR prescribes for the six languages of the United Nations (UTS 10, UTS 35 part 5): the language's
own script first; letters, then accents, then capitals; punctuation and blanks count and come first. Spanish ñ follows
n. Chinese is in the order of its pronunciation, as far as GB 2312 has it: its first level, the 3,755 most frequent
characters, is laid out by pinyin. Other characters follow by radical. A test compares it with what ICU makes of the
names of all countries.
"""

import unicodedata
from functools import lru_cache
from itertools import chain

Key = tuple[tuple[tuple[int, int], ...], tuple[int, ...], str]

_SCRIPTS = (
    ("latin", 0x0041, 0x02AF),
    ("latin", 0x1E00, 0x1EFF),
    ("greek", 0x0370, 0x03FF),
    ("cyrillic", 0x0400, 0x052F),
    ("arabic", 0x0600, 0x06FF),
    ("han", 0x3400, 0x9FFF),
)
_ORDER = ("latin", "greek", "cyrillic", "arabic", "other", "han")
_OWN = {"ru": "cyrillic", "ar": "arabic", "zh": "han"}
_SIGN, _DIGIT, _LETTER = 0, 1, 2

# Letters that Unicode does not take apart and the root order has as variants of others.
_SPELLED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ʼ": "'", "’": "'",
     "ة": "ت", "ى": "ي"}
)  # fmt: skip
_ENYE, _AFTER_N = "n\u0303", "\ue000"
# Marks that make another letter: short i, and the alef with madda, which comes before the plain one.
_OWN_LETTERS = {"и\u0306": "й", "ا\u0653": "آ"}

# What GB 2312 has on its second level, by radical, and yet begins names of countries or families: as a character of
# the first level that sounds the same.
_SOUNDS_LIKE = str.maketrans("梵斐瑙汶闫佟滕覃窦冼晏奚岑瞿谌嵇闵褚", "饭匪脑问言同疼秦豆显燕西层渠陈基敏楚")


def sort_key(text: str, language: str) -> Key:
    """Return what to sort *text* by among texts in *language*, a BCP 47 tag."""
    primary = language.split("-", maxsplit=1)[0]
    plain = unicodedata.normalize("NFKD", text.strip()).casefold()
    for pair, letter in _OWN_LETTERS.items():
        plain = plain.replace(pair, letter)
    if primary == "es":
        plain = plain.replace(_ENYE, _AFTER_N)
    letters = tuple(
        _weight(letter, primary) for letter in plain.translate(_SPELLED) if not unicodedata.combining(letter)
    )
    accents = tuple(chain.from_iterable(_accents(plain)))
    return letters, accents, text.swapcase()


def _accents(plain: str) -> list[tuple[int, int]]:
    """Place and kind of each mark: between two equal words the one whose first difference is plain comes first."""
    place, found = 0, []
    for letter in plain:
        if unicodedata.combining(letter):
            found.append((-place, ord(letter)))
        elif letter.translate(_SPELLED) != letter:
            found.append((-place, 0))
            place += 1
        else:
            place += 1
    return found


@lru_cache(maxsize=8192)
def _weight(letter: str, language: str) -> tuple[int, int]:
    code = ord(letter)
    if letter == _AFTER_N:
        return (_LETTER + _scripts(language).index("latin"), ord("n") * 2 + 1)
    if letter.isdigit():
        return (_DIGIT, unicodedata.digit(letter, 0))
    if not letter.isalpha():
        return (_SIGN, code)
    script = script_of(letter)
    place = _LETTER + _scripts(language).index(script)
    return (place, _by_sound(letter) if language == "zh" and script == "han" else code * 2)


def script_of(letter: str) -> str:
    """Name the script of a letter: ``latin``, ``arabic``, …; ``other`` for those without an order of their own."""
    code = ord(letter)
    return next((name for name, first, last in _SCRIPTS if first <= code <= last), "other")


def is_familiar(name: str, language: str) -> bool:
    """Whether readers of *language* can look *name* up: in Latin letters or in those of the language."""
    first = next((letter for letter in name if letter.isalpha()), "")
    return not first or script_of(first) in {"latin", _OWN.get(language.split("-", maxsplit=1)[0], "latin")}


def _scripts(language: str) -> tuple[str, ...]:
    own = _OWN.get(language, "latin")
    return (own, *(script for script in _ORDER if script != own))


def _by_sound(character: str) -> int:
    try:
        packed = character.translate(_SOUNDS_LIKE).encode("gb2312")
    except UnicodeEncodeError:
        return 0x10000 + ord(character)
    return int.from_bytes(packed, "big")
