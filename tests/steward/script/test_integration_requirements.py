"""The requirements of integrations are read from Home Assistant's package."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[3] / "script" / "lib" / "integration_requirements.py"


def manifest(package: Path, name: str, *, needs: tuple[str, ...] = (), on: tuple[str, ...] = ()) -> None:
    folder = package / "components" / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"requirements": needs, "dependencies": on}))


def test_requirements_include_dependencies_platforms_and_authentication(tmp_path: Path) -> None:
    manifest(tmp_path, "mobile_app", needs=("nacl==1",), on=("http", "cloud"))
    manifest(tmp_path, "http", on=("mobile_app",))
    manifest(tmp_path, "cloud", needs=("heavy==9",))
    manifest(tmp_path, "camera", needs=("jpeg==2",))
    (tmp_path / "generated").mkdir()
    (tmp_path / "generated" / "entity_platforms.py").write_text('class X:\n    CAMERA = "camera"\n')
    (tmp_path / "auth" / "mfa_modules").mkdir(parents=True)
    (tmp_path / "auth" / "mfa_modules" / "totp.py").write_text('REQUIREMENTS = ["otp==3"]\n')

    done = subprocess.run(
        [sys.executable, PROGRAM, tmp_path, "--integrations", "mobile_app", "--exclude", "cloud"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["jpeg==2", "nacl==1", "otp==3"]
