from inser_events.demo.people import sample_people


def test_the_same_seed_gives_the_same_people() -> None:
    assert sample_people(50, 1) == sample_people(50, 1)
    assert sample_people(50, 1) != sample_people(50, 2)


def test_nobody_has_the_name_or_address_of_another() -> None:
    people = [person.data for person in sample_people(500, 1)]
    assert len({(one.given_name, one.family_name) for one in people}) == 500
    assert len({one.email for one in people}) == 500


def test_everyone_is_plainly_invented() -> None:
    people = [person.data for person in sample_people(500, 1)]
    assert {one.email.rpartition("@")[2] for one in people} == {"example.org"}
    assert {one.organisation.split()[0] for one in people} == {"Sample"}


def test_names_in_other_scripts_have_a_latin_spelling() -> None:
    people = [person.data for person in sample_people(500, 1)]
    spelled = [one for one in people if not f"{one.given_name}{one.family_name}".isascii() and one.name_latin]
    assert len(spelled) > 150
    assert all(one.name_latin.isascii() for one in spelled)


def test_chinese_names_are_spelled_in_their_own_order() -> None:
    chinese = next(person.data for person in sample_people(500, 1) if person.data.country == "CN")
    latin = {
        "王": "Wang",
        "李": "Li",
        "张": "Zhang",
        "刘": "Liu",
        "陈": "Chen",
        "杨": "Yang",
        "赵": "Zhao",
        "周": "Zhou",
    }
    assert chinese.name_latin.split()[0] == latin[chinese.family_name]
