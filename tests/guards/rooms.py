"""The order of the rooms, read from the layers contract in pyproject.toml, so that it stands once."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "headrace"


def _levels() -> dict[str, int]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {room.strip(): level for level, layer in enumerate(reversed(layers)) for room in layer.split("|")}


# Room -> its level; a room may use those of a lower level, and itself.
LEVELS = _levels()


def may_use(user: str, used: str) -> bool:
    """Whether room `user` may refer to room `used`."""
    return user == used or LEVELS[user] > LEVELS[used]
