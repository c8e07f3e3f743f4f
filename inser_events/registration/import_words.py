"""What words in cells mean, in the languages people write them: modes, categories, countries, languages, genders."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from babel import Locale

from inser_events.events.models import Category, Mode
from inser_events.languages import ENDONYMS, INTERFACE
from inser_events.people.countries import country_choices
from inser_events.people.search import fold
from inser_events.people.tables import country_code
from inser_events.registration.models import Gender, State

MODE_WORDS: Mapping[str, Sequence[str]] = {
    Mode.IN_PERSON: (
        *("in_person", "in person", "in-person", "inperson", "in the room", "onsite", "on site", "on-site", "physical"),
        *("face to face", "face-to-face", "presentiel", "sur place", "en personne", "presencial", "en persona"),
        *("en sala", "очно", "лично", "в зале", "حضوري", "شخصيا", "现场", "线下", "亲自", "vor ort"),
    ),
    Mode.ONLINE: (
        *("online", "on line", "on-line", "virtual", "virtuel", "remote", "zoom", "teams", "webinar", "web"),
        *("a distance", "en ligne", "distanciel", "en linea", "a distancia", "онлайн", "дистанционно", "удаленно"),
        *("عبر الانترنت", "عبر الإنترنت", "عن بعد", "افتراضي", "线上", "在线", "远程", "网上"),
    ),
}
CATEGORY_WORDS: Mapping[str, Sequence[str]] = {
    Category.PARTICIPANT: ("participant", "participante", "attendee", "guest", "участник", "مشارك", "参会者", "与会者"),
    Category.SPEAKER: (
        "speaker",
        "panel",
        "intervenant",
        "orateur",
        "ponente",
        "orador",
        "докладчик",
        "متحدث",
        "发言人",
    ),
    Category.DELEGATE: ("delegate", "delegue", "delegado", "делегат", "مندوب", "代表"),
    Category.OBSERVER: ("observer", "observateur", "observador", "наблюдатель", "مراقب", "观察员"),
    Category.PRESS: ("press", "media", "journalist", "presse", "prensa", "пресса", "صحافة", "媒体", "新闻"),
    Category.ORGANISER: ("organiser", "organizer", "organisateur", "organizador", "организатор", "منظم", "主办"),
    Category.STAFF: ("staff", "personnel", "personal", "персонал", "secretariat", "موظف", "工作人员"),
}
GENDER_WORDS: Mapping[str, Sequence[str]] = {
    Gender.WOMAN: (
        *("woman", "female", "f", "w", "femme", "feminin", "mujer", "femenino", "женщина", "женский", "ж"),
        *("امرأة", "أنثى", "انثى", "女", "女性", "frau", "weiblich"),
    ),
    Gender.MAN: (
        *("man", "male", "m", "h", "homme", "masculin", "hombre", "masculino", "мужчина", "мужской", "м"),
        *("رجل", "ذكر", "男", "男性", "mann", "mannlich"),
    ),
    Gender.OTHER: ("other", "another", "non-binary", "nonbinary", "x", "autre", "otro", "другой", "آخر", "其他"),
    Gender.UNDISCLOSED: (
        *("undisclosed", "prefer not to say", "prefer not to answer", "not stated", "je prefere ne pas repondre"),
        *("prefiero no decirlo", "предпочитаю не указывать", "أفضل عدم الإجابة", "不愿透露"),
    ),
}
ENDED = frozenset(
    {
        *(State.CANCELLED, State.DECLINED, "canceled", "rejected", "denied", "refused", "withdrawn", "expired"),
        *("deleted", "refunded", "not attending", "no longer attending", "annule", "annulee", "refuse", "refusee"),
        *("cancelado", "cancelada", "rechazado", "rechazada", "отменено", "отменена", "отклонено", "ملغى", "ملغي"),
        *("已取消", "取消", "已拒绝"),
    }
)
"""What other programs call registrations that count no more."""


@lru_cache(maxsize=4096)
def country_of(text: str) -> str:
    """The code of a country written as a code or as a name in one of six languages; empty for anything else."""
    code = country_code(text[:100])
    return code if code in _codes() else ""


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(code for code, _name in country_choices("en") if code)


@lru_cache(maxsize=4096)
def mode_of(text: str) -> str:
    """The mode a cell means; empty when it means none or both."""
    words = fold(text)
    found = [str(mode) for mode, known in MODE_WORDS.items() if any(fold(word) in words for word in known)]
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=4096)
def category_of(text: str) -> str:
    """The category a cell means; empty when it means none."""
    words = fold(text)
    return next((str(c) for c, known in CATEGORY_WORDS.items() if any(fold(word) in words for word in known)), "")


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    """Languages by code, own name, and name in each of the six languages."""
    names = {fold(ENDONYMS[code]): code for code in INTERFACE} | {code: code for code in INTERFACE}
    for speaker in INTERFACE:
        spoken = Locale.parse(speaker).languages
        names |= {fold(spoken[code]): code for code in INTERFACE}
    return names


def language_of(text: str) -> str:
    """The code of one of the six languages of our mails; empty for anything else."""
    return _languages().get(fold(text), "")


@lru_cache(maxsize=4096)
def gender_of(text: str) -> str:
    """The answer about gender that a cell means; empty when it means none."""
    words = fold(text)
    return next((str(gender) for gender, known in GENDER_WORDS.items() if words in map(fold, known)), "")
