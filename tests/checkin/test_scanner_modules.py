"""The scanner's modules, without a page: reading, deciding, keeping, sending."""

import base64
from typing import Any

import pytest

from inser_events.checkin.filling import light_of
from inser_events.people.search import fold
from inser_events.tokens import find_token, new_ticket_number, ticket_token
from tests.checkin.node import needs_node, node

pytestmark = needs_node
KEY = b"a key of exactly thirty-two byte"
NUMBER = 0x12_34_56_78_9A
TOKEN = ticket_token(NUMBER, KEY)
DOOR = {"id": "d1", "name": {"en": "Entrance"}, "area": "venue", "direction": "both"}
FRAME = {
    "event": {"ticket_key": base64.b64encode(KEY).decode(), "time_zone": "Africa/Casablanca", "name": {"en": "Launch"}},
    "checkpoints": [DOOR],
    "columns": [
        "id", "name", "name_latin", "organisation", "category", "mode", "state", "tickets", "revoked", "passages",
        "sessions", "photo",
    ],
    "marker": "m1",
    "refresh_seconds": 20,
}  # fmt: skip
NINE = 1_757_923_200_000

ENGINE = """
    const { Engine } = await scan("engine");
    let clock = given.now ?? 1757923200000;
    let made = 0;
    const engine = new Engine({ clock: () => clock, newId: () => `id-${++made}` });
    await engine.load(given.frame, given.buckets, given.waiting ?? []);
    const at = { checkpoint: "d1", direction: "in" };
"""


def person(**values: Any) -> list[Any]:
    row = {
        "id": "p1", "name": "Lamiae Ghaouti", "name_latin": "", "organisation": "INRA", "category": "participant",
        "mode": "in_person", "state": "confirmed", "tickets": [TOKEN[:10]], "revoked": [], "passages": {},
        "sessions": [], "photo": "", **values,
    }  # fmt: skip
    return [row[column] for column in FRAME["columns"]]  # type: ignore[attr-defined] # a list of names


def engine(script: str, *rows: list[Any], **given: Any) -> Any:
    return node(ENGINE + script, {"frame": FRAME, "buckets": [["0", list(rows)]], "token": TOKEN, **given})


TYPED = [
    TOKEN, TOKEN.lower(), f"HTTPS://EVENTS.EXAMPLE.ORG/B/{TOKEN}", " ".join(TOKEN[n : n + 5] for n in range(0, 30, 5)),
    TOKEN.replace("I", "ı"), "".join(chr(0xFEE0 + ord(letter)) for letter in TOKEN), TOKEN[:-1], "", "C" * 29, "C" * 31,
    f"{TOKEN} {TOKEN[::-1]}", "😀" + TOKEN, "\ud800", TOKEN.replace("B", "b\u00a0"), "x" + "c" * 40 + "y",
]  # fmt: skip


def test_tokens_are_found_as_the_server_finds_them() -> None:
    found = node("const { findToken } = await scan('tokens'); done(given.map(findToken));", TYPED)
    assert found == [find_token(text) for text in TYPED]


def test_genuine_tickets_are_told_from_forged_ones() -> None:
    tokens = [ticket_token(new_ticket_number(), KEY), ticket_token(NUMBER, b"x" * 32), TOKEN[:-1] + "C", TOKEN]
    script = """
        const { importKey, isAuthentic, tokenOf } = await scan("tokens");
        const key = await importKey(given.key);
        const answers = await Promise.all(given.tokens.map((token) => isAuthentic(token, key)));
        done([answers, await tokenOf(given.tokens[0].slice(0, 10), key) === given.tokens[0]]);
    """
    answers, same = node(script, {"key": base64.b64encode(KEY).decode(), "tokens": tokens})
    assert (answers, same) == ([True, False, TOKEN[-1] == "C", True], True)


NAMES = ["Élodie Benaïssa", "Nguyễn Thị Hồng Nhung", "Łukasz Ørsted", "STRASSE Straße", "Ægir þór", "محمد العلوي", "李"]


def test_names_are_folded_as_the_server_folds_them() -> None:
    assert node("const { fold } = await scan('names'); done(given.map(fold));", NAMES) == [fold(n) for n in NAMES]


def test_search_wants_every_word_and_prefers_beginnings() -> None:
    people = [{"text": fold(name)} for name in ("Anna Benali", "Hannah Li", "Benali Hanna", "Carl")]
    script = "const { matching } = await scan('names'); done(matching(given.people, given.query).map((p) => p.text));"
    assert node(script, {"people": people, "query": "HANNA"}) == ["benali hanna", "hannah li"]
    assert node(script, {"people": people, "query": "ben anna"}) == ["anna benali", "benali hanna"]
    assert node(script, {"people": people, "query": " "}) == []


def test_a_known_badge_is_admitted_and_then_inside() -> None:
    script = """
        const first = await engine.read(given.token, at);
        clock += 60_000;
        const second = await engine.read(`https://x/B/${given.token}`, at);
        done([first.outcome, first.person.name, second.outcome, second.earlier]);
    """
    earlier = {"at": NINE, "checkpoint": "d1"}
    assert engine(script, person()) == ["admitted", "Lamiae Ghaouti", "already_in", earlier]


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"state": "cancelled"}, "cancelled"),
        ({"state": "waitlisted"}, "not_confirmed"),
        ({"mode": "online"}, "wrong_mode"),
        ({"tickets": [], "revoked": [TOKEN[:10]]}, "revoked"),
        ({"passages": {"venue": [NINE - 5, NINE - 5, "in", NINE - 5, "d1"]}}, "already_in"),
        ({"passages": {"venue": [NINE - 5, None, "out", NINE - 2, ""]}}, "admitted"),
        ({"passages": {"venue": [NINE - 86_400_000, NINE - 86_400_000, "in", NINE - 86_400_000, "d1"]}}, "admitted"),
        ({"tickets": []}, "admitted"),
    ],
)
def test_the_snapshot_decides(values: dict[str, Any], outcome: str) -> None:
    assert engine("done((await engine.read(given.token, at)).outcome);", person(**values)) == outcome


def test_what_is_no_badge_is_unknown_and_a_garbled_one_is_explained() -> None:
    texts = ["", "hello", "q" * 40, "شؤيث" * 10]
    script = """
        const answers = [];
        for (const text of given.texts) answers.push(await engine.read(text, at));
        done(answers.map(({ outcome, garbled }) => [outcome, garbled]));
    """
    assert engine(script, texts=texts) == [
        ["unknown_ticket", False], ["unknown_ticket", False], ["unknown_ticket", True], ["unknown_ticket", True],
    ]  # fmt: skip


def test_scans_that_wait_count_after_a_restart() -> None:
    waiting = [{"scan": {"id": "a", "ticket": TOKEN, "checkpoint": "d1", "direction": "in",
                         "scanned_at": "2025-09-15T07:59:00Z"}, "outcome": "admitted"}]  # fmt: skip
    assert engine("done((await engine.read(given.token, at)).outcome);", person(), waiting=waiting) == "already_in"


def test_taking_back_makes_the_badge_good_again() -> None:
    script = """
        const first = await engine.read(given.token, at);
        clock += 1000;
        const undo = engine.takeBack(first);
        clock += 1000;
        const again = await engine.read(given.token, at);
        clock += 16 * 60_000;
        const late = engine.takeBack(again);
        done([undo.outcome, undo.scan.undoes === first.scan.id, undo.scan.direction, again.outcome, late]);
    """
    assert engine(script, person()) == ["left", True, "out", "admitted", None]


YEAR = 31_536_000_000


@pytest.mark.parametrize("off", [-YEAR, YEAR])
def test_a_clock_a_year_off_knows_who_is_inside_and_when_the_door_opens(off: int) -> None:
    script = """
        const first = await engine.read(given.token, at);
        const early = await engine.read(given.token, { checkpoint: "d2", direction: "in" });
        done([first.outcome, early.outcome, early.detail, Date.parse(first.scan.scanned_at) === clock, first.at]);
    """
    late_door = {**DOOR, "id": "d2", "area": "room:1", "opens_at": "2025-09-15T09:00:00Z"}
    frame = {**FRAME, "offset": -off, "checkpoints": [DOOR, late_door]}
    inside = person(passages={"venue": [NINE - 60_000, NINE - 60_000, "in", NINE - 60_000, "d1"]})
    answers = engine(script, inside, frame=frame, now=NINE + off)
    assert answers == ["already_in", "wrong_time", "too_early", True, NINE]


def test_the_servers_clock_counts_where_the_browser_knows_another_rule() -> None:
    offsets = [[0, 60], [NINE + 60_000, 0]]  # one minute after nine the clocks go back to eight
    frame = {**FRAME, "event": {**FRAME["event"], "offsets": offsets}}  # type: ignore[dict-item] # a dict of a dict
    frame["checkpoints"] = [{**DOOR, "hours": ["09:00", "10:00"], "zone": "Africa/Casablanca"}]
    script = """
        const first = await engine.read(given.token, at);
        clock += 60_000;
        const { outcome, detail } = await engine.read(given.token, at);
        done([first.outcome, outcome, detail]);
    """
    assert engine(script, person(), frame=frame) == ["admitted", "wrong_time", "too_early"]


def test_a_session_door_asks_for_a_seat() -> None:
    frame = {**FRAME, "checkpoints": [{**DOOR, "sessions": ["s1"]}]}
    script = "const { outcome, detail } = await engine.read(given.token, at); done([outcome, detail]);"
    assert engine(script, person(), frame=frame) == ["wrong_checkpoint", "not_signed_up"]
    assert engine(script, person(sessions=["s1"]), frame=frame) == ["admitted", ""]


def test_the_light_counts_who_is_inside_today() -> None:
    frame = {**FRAME, "checkpoints": [{**DOOR, "capacity": 3}]}
    rows = [
        person(id=f"p{n}", tickets=[], passages={"venue": [at, at, way, at, "d1"]})
        for n, (at, way) in enumerate([(NINE, "in"), (NINE, "in"), (NINE, "out"), (NINE - 86_400_000, "in")])
    ]
    script = "const a = engine.filling('d1'); await engine.read(given.token, at); done([a, engine.filling('d1')]);"
    assert engine(script, *rows, person(), frame=frame) == [
        {"inside": 2, "capacity": 3, "light": "green"}, {"inside": 3, "capacity": 3, "light": "red"},
    ]  # fmt: skip


def test_the_lights_are_the_servers() -> None:
    cases = [(0, 100), (84, 100), (85, 100), (99, 100), (100, 100), (120, 100), (5, None), (5, 0)]
    script = "const { lightOf } = await scan('engine'); done(given.map(([inside, most]) => lightOf(inside, most)));"
    assert node(script, cases) == [light_of(inside, capacity) for inside, capacity in cases]


LANGUAGE = """
    const { otherLanguage, Settings } = await scan("settings");
    const kept = new Map(given.kept ? [["inser-scan-language", given.kept]] : []);
    const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
    const settings = new Settings(storage);
    const offered = ["ar", "en", "es", "fr", "ru", "zh"];
    done([otherLanguage({ offered, settings, ...given }), kept.get("inser-scan-language") ?? ""]);
"""


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"asked": "", "shown": "en", "spoken": ["en-GB"]}, ["", ""]),
        ({"asked": "", "shown": "en", "spoken": ["de-DE", "fr-MA", "ar"]}, ["fr", ""]),
        ({"asked": "", "shown": "en", "spoken": ["fr"], "kept": "ar"}, ["ar", "ar"]),
        ({"asked": "zh", "shown": "zh", "spoken": ["fr"], "kept": "ar"}, ["", "zh"]),
        ({"asked": "xx", "shown": "en", "spoken": [], "kept": "tlh"}, ["", "tlh"]),
    ],
    ids=["as it is", "what the phone speaks", "what was chosen", "what the address says", "unknown ones"],
)
def test_the_scanner_opens_in_the_language_of_its_device(given: dict[str, Any], answer: list[str]) -> None:
    assert node(LANGUAGE, given) == answer


def test_pictures_are_fetched_once_and_forgotten_when_nobody_needs_them() -> None:
    script = """
        const { Photos } = await scan("photos");
        const kept = new Map([["old", 1]]), asked = [];
        const store = { photoNames: async () => [...kept.keys()],
          savePhoto: async (name, picture) => (picture ? kept.set(name, picture) : kept.delete(name)) };
        const server = { photo: async (name) => { asked.push(name); return name === "gone" ? null : "picture"; } };
        const photos = new Photos(store, server);
        const people = ["a", "", "gone", "b"].map((photo) => ({ photo }));
        await photos.renew(people); await photos.renew(people);
        done([[...kept.keys()], asked]);
    """
    assert node(script) == [["a", "b"], ["a", "gone", "b", "gone"]]


WEDGE = """
    const { Wedge } = await scan("wedge");
    const heard = [];
    const wedge = new Wedge((text) => heard.push(text));
    let time = 1000;
    for (const [key, code, gap] of given) { time += gap ?? 5; wedge.press({ key, code, timeStamp: time }); }
    wedge.clear();
    done(heard);
"""


def keys(text: str, letters: str | None = None, gap: int = 5) -> list[list[Any]]:
    """Key presses that a US scanner makes, with the letters a layout makes of them."""
    return [[shown, f"Key{key}", gap] for key, shown in zip(text, letters or text, strict=True)]


def typed(text: str, letters: str) -> list[list[Any]]:
    """The same for a whole address, with the signs in it."""
    return [[shown, f"Key{key}" if key.isalpha() else "Slash", 5] for key, shown in zip(text, letters, strict=True)]


ENTER = [["Enter", "Enter", 5]]
ADDRESS = f"HTTPS://EVENTS.FAQWZM.ORG/B/{TOKEN}"
AZERTY = str.maketrans("AQZWM:/.", "QAWZ?M!:")
QWERTZ = str.maketrans("YZ:/-", "ZYÖ-ß")
RUSSIAN = str.maketrans("CBDEFGHIJKLNRTUV", "СИВУАПРШОЛДТКЕГМ")
ARABIC = str.maketrans("CBDEFGHIJKLNRTUV", "ؤلايثبلاهتنمىقفعر"[:16])


@pytest.mark.parametrize(
    ("presses", "heard"),
    [
        (keys(TOKEN) + ENTER, [TOKEN]),
        ([["Shift", "ShiftLeft", 1], *keys(TOKEN), *ENTER], [TOKEN]),
        (keys(TOKEN, TOKEN.translate(ARABIC)) + ENTER, [TOKEN]),
        (typed(ADDRESS, ADDRESS.translate(AZERTY)) + ENTER, [ADDRESS.translate(AZERTY)]),
        (typed(ADDRESS, ADDRESS.translate(QWERTZ)) + ENTER, [ADDRESS.translate(QWERTZ)]),
        (typed(ADDRESS, ADDRESS.translate(RUSSIAN)) + ENTER, [TOKEN]),
        (keys(TOKEN) + ENTER + keys(TOKEN) + ENTER, [TOKEN, TOKEN]),
        (keys(TOKEN[:15]) + ENTER, []),
        (keys(TOKEN, gap=1_300) + ENTER, []),
        (keys("Q" * 35) + ENTER, ["Q" * 35]),
        ([["a", "KeyA", 5], *keys(TOKEN, gap=20), *ENTER], ["a" + TOKEN]),
    ],
    ids=[
        "plain",
        "with shift",
        "arabic layout",
        "azerty",
        "qwertz",
        "russian layout",
        "twice",
        "half a code",
        "by hand",
        "not a code",
        "after a letter",
    ],
)
def test_a_usb_scanner_is_heard(presses: list[Any], heard: list[str]) -> None:
    assert [find_token(text) or text for text in node(WEDGE, presses)] == [find_token(text) or text for text in heard]


SYNC = """
    const { Sync } = await scan("sync");
    const { Offline, SignedOff } = await scan("server");
    const queue = new Map();
    const store = {
      queue: async () => [...queue.values()].sort((a, b) => a.order - b.order).map((entry) => structuredClone(entry)),
      enqueue: async (...entries) => entries.forEach((entry) => queue.set(entry.scan.id, structuredClone(entry))),
      dequeue: async (ids) => ids.forEach((id) => queue.delete(id)),
    };
    const sent = [], answered = [], off = [];
    let mode = "up";
    const server = { upload: async (scans, { waiting }) => {
      sent.push([scans.map((one) => [one.id, one.offline, one.shown]), waiting]);
      if (mode === "down") throw new Offline("no");
      if (mode === "revoked") throw new SignedOff("revoked");
      return { results: scans.map(({ id }) => ({ id, outcome: "admitted" })) };
    } };
    const signedOff = (why) => off.push(why);
    const on = { answered: (entry, result) => answered.push(result.id), changed() {}, signedOff };
    const sync = new Sync({ store, engine: {}, server, on });
    const scanOf = (id) => ({ scan: { id, ticket: "t" }, outcome: "admitted" });
    const settled = async () => { while (sync.busy) await sync.busy; };
"""


def test_a_scan_leaves_the_queue_only_when_it_is_answered() -> None:
    script = """
        mode = "down";
        await sync.record(scanOf("a")); await settled();
        await sync.record(scanOf("b")); await settled();
        const waiting = sync.waiting;
        mode = "up";
        await sync.upload(); await settled();
        done([waiting, sync.waiting, answered, sent.at(-1), queue.size]);
    """
    last = [[["a", True, "admitted"], ["b", True, "admitted"]], 0]
    assert node(SYNC + script) == [2, 0, ["a", "b"], last, 0]


def test_the_first_attempt_is_online_the_next_says_that_the_door_had_acted() -> None:
    script = """
        mode = "down"; await sync.record(scanOf("a")); await settled();
        mode = "up"; await sync.upload(); await settled();
        done(sent.map(([scans]) => scans[0][1]));
    """
    assert node(SYNC + script) == [False, True]


def test_a_day_of_scans_goes_up_in_batches_oldest_first() -> None:
    script = """
        for (let n = 0; n < 450; n++) await store.enqueue({ scan: { id: `s${n}` }, order: n });
        const left = await sync.load();
        await sync.upload(); await settled();
        done([left, sent.map(([scans, waiting]) => [scans.length, scans[0][0], waiting]), queue.size]);
    """
    assert node(SYNC + script) == [450, [[200, "s0", 250], [200, "s200", 50], [50, "s400", 0]], 0]


def test_five_thousand_scans_of_a_day_without_a_network_all_arrive_and_all_say_so() -> None:
    script = """
        mode = "down";
        for (let n = 0; n < 5000; n++) await sync.record(scanOf(`s${n}`));
        await settled();
        const waiting = sync.waiting;
        mode = "up"; sent.length = 0;
        await sync.upload(); await settled();
        const scans = sent.flatMap(([some]) => some);
        const online = scans.filter(([, offline]) => !offline).length;
        done([waiting, sent.length, new Set(scans.map(([id]) => id)).size, online, sync.waiting, queue.size]);
    """
    assert node(SYNC + script) == [5000, 25, 5000, 0, 0, 0]


def test_a_wrong_clock_is_measured_and_kept() -> None:
    script = """
        const server_time = new Date(given).toISOString();
        server.upload = async (scans) => ({ results: scans.map(({ id }) => ({ id })), server_time });
        const engine = { offset: 0, frame: { marker: "m" } };
        store.saveSnapshot = async (frame) => sent.push(frame.offset);
        const slow = new Sync({ store, engine, server, on, clock: () => given - 31_536_000_000 });
        await slow.upload();
        const exact = new Sync({ store, engine: { offset: 0, frame: {} }, server, on, clock: () => given - 2_000 });
        await exact.upload();
        done([engine.offset, sent, exact.engine.offset]);
    """
    assert node(SYNC + script, NINE) == [31_536_000_000, [31_536_000_000], 0]


def test_a_device_that_is_signed_off_stops_and_keeps_its_scans_for_the_count() -> None:
    script = 'mode = "revoked"; await sync.record(scanOf("a")); await settled(); done([off, queue.size]);'
    assert node(SYNC + script) == [["revoked"], 1]


MACHINE = """
    const { initial, next, takes } = await scan("machine");
    const run = (...events) => events.reduce(next, initial);
    const read = (text, at) => ({ type: "read", text, at });
    const decision = { scan: { id: "a" }, outcome: "admitted" };
"""


@pytest.mark.parametrize(
    ("events", "text", "at", "takes"),
    [
        ("", "A", 0, True),
        ('read("A", 0)', "A", 2_000, False),
        ('read("A", 0)', "B", 1, True),
        ('read("A", 0)', "A", 2_500, True),
        ('read("A", 0), read("A", 2000)', "A", 3_000, False),
        ('read("A", 0), { type: "cleared" }', "A", 1, True),
        ('read("bad", 0), { type: "decided", decision }', "A", 1, True),
        ('read("A", 0), read("B", 100), read("A", 200), read("B", 300)', "A", 400, False),
        ('read("A", 9000)', "A", 0, True),
        ('read("A", 0), { type: "again" }', "A", 1, True),
        ('{ type: "nonsense" }', "A", 1, True),
    ],
)
def test_the_same_badge_counts_once_and_nothing_locks_the_scanner(events: str, text: str, at: int, takes: bool) -> None:
    assert node(MACHINE + f"done(takes(run({events}), given[0], given[1]));", [text, at]) is takes


def test_the_servers_word_counts_also_when_it_comes_late() -> None:
    script = """
        const said = { type: "confirmed", result: { id: "a", outcome: "already_in" } };
        const shown = run({ type: "decided", decision });
        const other = run({ type: "decided", decision: { scan: { id: "b" }, outcome: "left" } });
        const back = next(shown, { type: "taken back", id: "a" });
        done([next(shown, said).answer.outcome, next(other, said).answer.outcome, next(back, said).answer.phase,
              next(shown, { type: "confirmed", result: { id: "a", error: {} } }).answer.outcome]);
    """
    assert node(MACHINE + script) == ["already_in", "left", "taken back", "admitted"]
