"""People and the fields every kind of person has."""

from sqlalchemy.orm import Mapped, mapped_column

from inser_events.database import Model, new_uid
from inser_events.languages import Localized


class PersonFields:
    """Details that a speaker, a member and a registered attendee share.

    ``given_name`` and ``family_name`` are as the person writes them, in any script; a person with one name has
    only ``family_name``. ``name_latin`` is the Latin spelling for the badge, empty when the name is Latin already.
    """

    honorific: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    name_latin: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    job_title: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    """ISO 3166-1 alpha-2 code, or empty."""

    @property
    def name(self) -> str:
        """The name as the person writes it. Chinese, Japanese and Korean names put the family name first."""
        if _family_first(self.family_name):
            return f"{self.family_name}{self.given_name}"
        return f"{self.given_name} {self.family_name}".strip()


def _family_first(family_name: str) -> bool:
    return bool(family_name) and any(
        "\u3400" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in family_name
    )


class Person(Model, PersonFields):
    """Someone the organisers know: a speaker, a chair, a member of a network."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    biography: Mapped[Localized] = mapped_column(default=dict)
    job_titles: Mapped[Localized] = mapped_column(default=dict, server_default="{}")
    """The position in further languages; ``job_title`` stands where a language has none."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    search_text: Mapped[str] = mapped_column(default="")
