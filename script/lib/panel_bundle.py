"""Check that the committed bundle of the panel was built from the present sources. Needs no Node.js.

The digest is that of frontend/vite.config.ts.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FRONTEND: Final = ROOT / "frontend"
BUNDLE: Final = ROOT / "custom_components" / "homelab_steward" / "frontend"
MOST_BYTES: Final = 150 * 1024
"""The most bytes of all files together, compressed."""


def main() -> int:
    """Return 1 and say why when the bundle is not up to date."""
    if json.loads((BUNDLE / "build.json").read_text())["sources"] == digest(FRONTEND, ROOT / "translations"):
        return 0
    print("custom_components/homelab_steward/frontend is not up to date: run script/panel")
    return 1


def digest(frontend: Path, translations: Path) -> str:
    """Return the digest of everything that the bundle is made of."""
    found = hashlib.sha256()
    files = sorted(str(path) for path in (frontend / "src").rglob("*") if path.is_file())
    for path in (*files, str(frontend / "package-lock.json"), str(frontend / "vite.config.ts")):
        found.update(Path(path).read_bytes() + b"\0")
    stores = {path.stem: json.loads(path.read_text()) for path in translations.glob("*.json")}
    texts = {language: store["panel"] for language, store in stores.items() if "panel" in store}
    found.update(json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return found.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
