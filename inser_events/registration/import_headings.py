"""Which column of a stranger's table holds what: guessed from headings in many languages, and from the cells.

Microsoft Forms writes ``ID, Start time, Completion time, Email, Name, Last modified time`` before the questions; when
people answered without signing in, every Email is ``anonymous`` and the address is the answer to a question.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from flask import has_app_context

from inser_events.documents.tables import Table, heading_key
from inser_events.people.search import fold
from inser_events.registration.column_words import column_words, page_words
from inser_events.web.languages import said_everywhere

FIELDS = (
    *("email", "name", "honorific", "given_name", "family_name", "name_latin", "organisation", "job_title"),
    *("country", "phone", "gender", "language", "mode", "category", "listed", "state", "uid"),
)
"""What a column can hold; ``name`` is a whole name in one cell."""

SPELLINGS: Mapping[str, Sequence[str]] = {
    "email": (
        *("E-mail", "E-mail address", "Mail", "Your e-mail", "Courriel", "Adresse e-mail", "Adresse électronique"),
        *("Adresse mail", "Correo electrónico", "Correo", "Электронная почта", "Эл. почта", "البريد الإلكتروني"),
        *("电子邮件", "电子邮箱", "邮箱", "E-Mail-Adresse", "Endereço de e-mail", "Indirizzo e-mail"),
        *("Attendee e-mail", "Attendee e-mail address", "Participant e-mail", "User e-mail", "E-mail (work)"),
    ),
    "name": (
        *("Name", "Full name", "Your name", "Display name", "Participant", "Nom complet", "Nom et prénom"),
        *("Prénom et nom", "Nombre completo", "Nombre y apellidos", "ФИО", "Имя и фамилия", "Ф.И.О."),
        *("الاسم", "الاسم الكامل", "姓名", "全名", "Vollständiger Name"),
        *("Attendee name", "Attendee", "Participant name"),
    ),
    "honorific": (
        *(
            "Title",
            "Form of address",
            "Honorific",
            "Salutation",
            "Civilité",
            "Titre",
            "Tratamiento",
            "Обращение",
            "اللقب",
        ),
        *("صيغة المخاطبة", "称谓"),
    ),
    "given_name": (
        *("Given name", "Given names", "First name", "Forename", "Prénom", "Prénoms", "Nombre", "Nombres", "Имя"),
        *("الاسم الأول", "名", "名字", "Vorname", "Nome"),
    ),
    "family_name": (
        *("Family name", "Last name", "Surname", "Nom", "Nom de famille", "Apellido", "Apellidos", "Фамилия"),
        *("اسم العائلة", "姓", "姓氏", "Nachname", "Familienname", "Sobrenome", "Cognome"),
    ),
    "name_latin": ("Name in Latin letters", "Latin name", "Name (Latin)", "Nom en lettres latines"),
    "organisation": (
        *(
            "Organisation",
            "Organization",
            "Institution",
            "Affiliation",
            "Company",
            "Employer",
            "Institute",
            "Organisme",
        ),
        *("Société", "Organización", "Institución", "Организация", "Учреждение", "المؤسسة", "المنظمة", "机构", "单位"),
    ),
    "job_title": (
        *("Position", "Job title", "Role", "Function", "Fonction", "Poste", "Cargo", "Puesto", "Должность"),
        *("المنصب", "الوظيفة", "职务", "职位", "Funktion"),
    ),
    "country": (
        *("Country", "Country code", "Country or territory", "Country/Region", "Country of residence", "Nationality"),
        *("Pays", "Pays de résidence", "País", "País de residencia", "Страна", "البلد", "الدولة", "国家", "Land"),
        *("Home country", "Country/Region name", "Country of affiliation"),
    ),
    "phone": (
        *("Phone", "Phone number", "Telephone", "Telephone number", "Mobile", "Mobile phone", "Mobile number", "Tel"),
        *("WhatsApp", "Téléphone", "Numéro de téléphone", "Portable", "Teléfono", "Número de teléfono", "Móvil"),
        *("Телефон", "Номер телефона", "الهاتف", "رقم الهاتف", "电话", "电话号码", "手机", "Telefon"),
        *("Cell phone", "Cell phone number", "Phone no", "Work phone", "GSM"),
    ),
    "gender": ("Gender", "Sex", "Genre", "Sexe", "Género", "Sexo", "Пол", "الجنس", "الجندر", "性别", "Geschlecht"),
    "language": (
        "Language",
        "Preferred language",
        "Langue",
        "Idioma",
        "Язык",
        "اللغة",
        "语言",
        "Sprache",
        "Locale",
        "Order locale",
    ),
    "mode": (
        *("Mode", "Attendance", "Participation", "Mode of participation", "Attendance mode", "Format"),
        *("Mode de participation", "Modalidad", "Modalidad de participación", "Форма участия", "طريقة المشاركة"),
        *("参加方式", "参会方式", "How will you take part?", "How will you attend?"),
    ),
    "category": ("Category", "Catégorie", "Categoría", "Категория", "الفئة", "类别", "Participant type", "Kategorie"),
    "listed": ("Listed", "List of participants", "Public list", "Liste des participants"),
    "state": (
        *("State", "Status", "Statut", "Estado", "Статус", "Attendee status", "Approval status", "Order status"),
        *("Registration state", "Registration status"),
    ),
    "uid": ("uid",),
}
WORDS: Mapping[str, Sequence[str]] = {
    "email": ("email", "mail", "courriel", "correo", "почт", "بريد", "邮"),
    "country": ("country", "pays", "pais", "стран", "بلد", "国家"),
    "mode": ("attend", "participat", "take part", "in person", "modalidad", "participer", "участ", "参加", "مشاركة"),
    "organisation": (
        "organisation",
        "organization",
        "institut",
        "affiliation",
        "organismo",
        "организац",
        "机构",
        "مؤسسة",
    ),
    "job_title": ("job title", "your position", "your function", "fonction", "cargo", "должност", "职"),
    "phone": ("phone number", "telephone", "telefono", "телефон", "هاتف", "电话"),
    "given_name": ("first name", "given name", "prenom"),
    "family_name": ("last name", "family name", "surname", "nom de famille", "apellido"),
    "name": ("full name", "your name", "nom complet", "nombre completo"),
}
"""What a question contains that asks for the field; checked only where no heading says it outright."""
ASKED_OF_CELLS = frozenset({"email", "country", "mode", "phone"})
"""Fields for which a question's wording alone is no proof: most of the cells must hold such a value."""
LONGEST_QUESTION = 120
SAMPLE = 200
MOST = 0.6
Looks = Mapping[str, Callable[[str], bool]]


def key(heading: str) -> str:
    """Under what a heading is compared and remembered: without case, accents and punctuation."""
    return heading_key(fold(heading))


def _known() -> Mapping[str, str]:
    """The field of each heading."""
    return _headings(translated=has_app_context())[1]


def _ours() -> Mapping[str, str]:
    """The same for those that our own pages and files give in full."""
    return _headings(translated=has_app_context())[0]


@lru_cache(maxsize=2)
def _headings(*, translated: bool) -> tuple[Mapping[str, str], Mapping[str, str]]:
    # Kept for either case: without an application there are no catalogues.
    full, short = (said_everywhere(words) if translated else {} for words in (column_words, page_words))
    theirs = {key(spelling): field for field, spellings in SPELLINGS.items() for spelling in reversed(spellings)}
    ours = {key(word): field for field in FIELDS for word in full.get(field, ())}
    return ours, {key(word): field for field in FIELDS for word in short.get(field, ())} | theirs | ours


def is_heading(cell: str) -> bool:
    """Whether a cell is one of the headings we know."""
    return key(cell) in _known()


def guess(
    table: Table,
    looks: Looks,
    remembered: Mapping[str, str] | None = None,
    questions: Mapping[str, str] | None = None,
) -> dict[int, str]:
    """Which field each column holds: as *remembered*, else by its heading, else by its question and cells.

    *looks*: for a field, whether a cell holds such a value. *questions*: the fields of the event's own questions by
    the headings that ask them. Each field is given to one column, the most telling.
    """
    found: dict[int, str] = {}
    sure, own = remembered or {}, questions or {}
    fields = {*FIELDS, *own.values()}
    # Ticket shops name the buyer first; whoever attends is meant. Our “Position” is surer than a “Role” before it.
    keys = [key(heading) for heading in table.header]
    surest = sorted((not words.startswith("attendee"), words not in _ours(), place) for place, words in enumerate(keys))
    for _others, _theirs, place in surest:
        heading = table.header[place]
        field = sure.get(key(heading), _known().get(key(heading)) or own.get(key(heading), ""))
        if field in fields and field not in found.values():
            found[place] = field
    open_columns = [
        place for place, heading in enumerate(table.header) if place not in found and key(heading) not in sure
    ]
    for place, field in _by_question(table, open_columns, looks):
        taken = next((other for other, known in found.items() if known == field), None)
        if taken is None:
            found[place] = field
        elif field in ASKED_OF_CELLS and not holds(table, taken, looks[field]):
            # "Email" of anonymous forms: the question that really has the addresses wins.
            del found[taken]
            found[place] = field
    names = {place for place, field in found.items() if field in {"name", "given_name", "family_name"}}
    settled = any(key(table.header[place]) in sure for place in names)
    return found if settled else _names_settled(found)


def holds(table: Table, place: int, looks: Callable[[str], bool]) -> bool:
    """Whether most of a column's cells hold such a value."""
    cells = [row[place] for row in table.rows[:SAMPLE] if row[place]]
    return bool(cells) and sum(map(looks, cells)) >= MOST * len(cells)


def _by_question(table: Table, places: Iterable[int], looks: Looks) -> Iterable[tuple[int, str]]:
    for place in places:
        words = fold(table.header[place])
        for field, hints in WORDS.items():
            if len(words) > LONGEST_QUESTION or not any(hint in words.replace("e-mail", "email") for hint in hints):
                continue
            if field not in ASKED_OF_CELLS or holds(table, place, looks[field]):
                yield place, field
                break


def _names_settled(found: dict[int, str]) -> dict[int, str]:
    """“Name” beside “First name” is a family name; “Nom” or “Nombre” alone is a whole name."""
    fields = {field: place for place, field in found.items()}
    if "given_name" in fields and "family_name" not in fields and "name" in fields:
        found[fields["name"]] = "family_name"
    elif "name" not in fields and ("given_name" in fields) != ("family_name" in fields):
        found[fields.get("given_name", fields.get("family_name", -1))] = "name"
    elif "name" in fields and "given_name" in fields and "family_name" in fields:
        del found[fields["name"]]
    return found
