"""What the columns of attendance reports are called, by platform, age and language."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from inser_events.documents.tables import heading_key
from inser_events.registration.import_headings import SPELLINGS

FIELDS = ("name", "given_name", "family_name", "email", "joined_at", "left_at", "minutes")
"""What a person can say of a column that we do not know."""

_NAMES: Mapping[str, Sequence[str]] = {
    "name": (
        *("Name (Original Name)", "User Name (Original Name)", "User Name", "Volledige naam", "Naam", "Nome completo"),
        *("Полное имя", "名称", "Participant"),
    ),
    "email": ("User Email", "Attendee Email", "Correio eletrónico", "E-mailadres", "البريد الالكتروني", "Email"),
    "upn": ("Participant ID (UPN)", "Participant ID", "UPN", "ID du participant (UPN)", "Id. de participante (UPN)"),
    "joined_at": (
        *("Join Time", "Joined at", "Time joined", "First Join", "First Join Time", "Joined", "Join", "Joined time"),
        *("Heure de connexion", "Heure d'arrivée", "Première connexion", "Première participation"),
        *("Hora de unión", "Hora de entrada", "Primera unión", "Primera entrada", "Hora a la que se unió"),
        *("Время присоединения", "Время входа", "Первое присоединение", "وقت الانضمام", "الانضمام الأول"),
        *("加入时间", "首次加入时间", "首次加入", "进入时间", "Beitrittszeit", "Erster Beitritt", "Toegetreden om"),
        *("Tijdstip van deelname", "Hora de ingresso", "Ora di partecipazione", "Entry time", "Start"),
    ),
    "left_at": (
        *("Leave Time", "Left at", "Time exited", "Last Leave", "Last Leave Time", "Left", "Exit time", "End"),
        *("Heure de déconnexion", "Heure de départ", "Dernière déconnexion", "Dernière sortie"),
        *("Hora de salida", "Última salida", "Время выхода", "Последний выход", "وقت المغادرة", "المغادرة الأخيرة"),
        *("离开时间", "最后离开时间", "最后离开", "退出时间", "Verlassen um", "Letztes Verlassen", "Austrittszeit"),
        *("Verlaten om", "Hora de saída", "Ora di uscita"),
    ),
    "minutes": (
        *("Duration (Minutes)", "Total Duration (Minutes)", "Time in Session (minutes)", "In-Meeting Duration"),
        *("Attendance Duration", "Time in call", "Duration", "Total duration", "Minutes", "Durée", "Duración"),
        *("Durée de la réunion", "Duración en la reunión", "Длительность", "Продолжительность", "المدة", "持续时间"),
        *("时长", "会议持续时间", "Dauer", "Duur", "Duração", "Durata", "Duration (min)"),
    ),
    "action": ("User Action", "Action", "Action de l'utilisateur", "Acción del usuario", "Действие пользователя"),
    "moment": ("Timestamp", "Horodatage", "Marca de tiempo", "Метка времени", "时间戳"),
    "attended": ("Attended",),
    "waiting": ("In Waiting Room",),
    "role": ("Role", "Rôle", "Rol", "Роль", "الدور", "角色", "Rolle", "Função", "Ruolo", "Cargo"),
    "guest": ("Guest", "Is Guest"),
    "title": ("Topic", "Meeting title", "Event Name", "Titre de la réunion", "Título de la reunión"),
    "meeting": ("Meeting ID", "Webinar ID", "ID"),
    "started": ("Actual Start Time", "Event Start Time", "Start Time", "Meeting start time", "Creation Time"),
    "ended": ("Event End Time", "End Time", "Meeting end time"),
    "connection": ("Connection Type",),
}
_OURS = ("email", "name", "given_name", "family_name")


@lru_cache(maxsize=1)
def _fields() -> dict[str, str]:
    known = {heading_key(name): field for field in _OURS for name in SPELLINGS[field]}
    return known | {heading_key(name): field for field, names in _NAMES.items() for name in names}


def field_of(heading: str) -> str:
    """What a column holds; nothing when its heading is unknown."""
    return _fields().get(heading_key(heading), "")
