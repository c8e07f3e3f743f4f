"""Libraries that few requests need are not there before."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from inser_events import create_app
from tests.settings import settings_for
from inser_events.database import db
from pathlib import Path

def there():
    return [name for name in ("webauthn", "authlib", "requests") if name in sys.modules]

app = create_app(settings_for(Path(sys.argv[1])))
with app.app_context():
    db.create_all()
client = app.test_client()
print(there(), client.get("/login").status_code, there())
print(client.post("/passkey", json={}).status_code, there())
"""


def test_a_process_has_neither_passkeys_nor_openid_connect_before_they_are_used(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["[] 200 []", "200 ['webauthn']"]
