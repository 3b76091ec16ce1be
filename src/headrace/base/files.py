"""Bytes kept by their hash: written once, never changed, never lost half-way."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

CHUNK_BYTES = 1 << 20


def path_of(digest: str) -> Path:
    """Where the bytes with this SHA-256 (64 hexadecimal digits) lie."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(f"not a SHA-256 in lower-case hexadecimal digits: {digest!r}")
    return Path(settings.FILES_ROOT) / digest[:2] / digest


def keep(chunks: Iterable[bytes]) -> str:
    """Writes the bytes and gives their SHA-256; the same bytes twice are kept once.

    The file appears under its name only when all of it is on disk, so a crash leaves no torn file.
    """
    root = Path(settings.FILES_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    hasher = hashlib.sha256()
    handle, temporary = tempfile.mkstemp(dir=root, prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                hasher.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(hasher.hexdigest())
        target.parent.mkdir(exist_ok=True, mode=0o700)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return hasher.hexdigest()


def keep_file(path: Path) -> str:
    return keep(chunks_of(path))


def chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
