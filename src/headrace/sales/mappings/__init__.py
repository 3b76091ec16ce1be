"""Mapping documents that are shipped with Headrace."""

from pathlib import Path

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The names of the shipped documents, as `adventureworks`."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def text(name: str) -> str:
    """One of them. Raises FileNotFoundError where there is none of that name."""
    if name not in names():
        raise FileNotFoundError(name)
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
