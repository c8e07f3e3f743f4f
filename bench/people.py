"""Made-up people, the same in every run, with names in the scripts that badges must carry."""

from random import Random
from typing import NamedTuple

SEED = 15092025
GIVEN = ("Amina", "Lifeng", "Rosa", "João", "Nguyễn Thị", "Ольга", "عبد الرحمن", "伟", "Aïcha", "Karl-Heinz")
FAMILY = ("Benali", "Li", "Poch", "Gonçalves", "Hoa", "Иванова", "المنصوري", "王", "Diallo", "Müller-Lüdenscheidt")
ORGANISATIONS = (
    "National Institute of Soil Research",
    "Université de la Terre",
    "Ministry of Agriculture, Department of Land and Water",
    "معهد البحوث الزراعية",
    "Почвенный институт",
    "土壤研究所",
)
COUNTRIES = ("MA", "CN", "UY", "BR", "VN", "RU", "EG", "SN", "DE", "KE")


class Sample(NamedTuple):
    """Somebody who registers."""

    given_name: str
    family_name: str
    email: str
    organisation: str
    country: str


def people(count: int, prefix: str = "guest") -> list[Sample]:
    """So many people with different addresses."""
    random = Random(SEED)
    return [
        Sample(
            random.choice(GIVEN),
            f"{random.choice(FAMILY)} {number}",
            f"{prefix}{number}@example.org",
            random.choice(ORGANISATIONS),
            random.choice(COUNTRIES),
        )
        for number in range(count)
    ]
