"""The programmes of the demo, as documents with their dates filled in."""

from datetime import date, timedelta
from pathlib import Path
from string import Template

from headrace.demo.timeline import quarter_start

HERE = Path(__file__).parent


def programme_documents(today: date) -> dict[str, str]:
    """The demo brand's programmes by file name: running since last year, or since the last launch."""
    dates = {
        "this_year": str(today.year),
        "last_year": str(today.year - 1),
        "launch": quarter_start(today, -1).isoformat(),
        "quarter_end": (quarter_start(today, 1) - timedelta(days=1)).isoformat(),
    }
    return {
        path.name: Template(path.read_text(encoding="utf-8")).substitute(dates)
        for path in sorted((HERE / "programmes").glob("*.yaml"))
    }


def adventureworks_documents() -> dict[str, str]:
    """The programmes for the AdventureWorks sales by file name."""
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted((HERE / "adventureworks").glob("*.yaml"))
    }
