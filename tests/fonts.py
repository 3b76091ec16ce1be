"""Makes the two web fonts of the design system out of the font packages, small enough for a phone.

    uv run --with fonttools --with brotli --with fontpkg-noto-sans --with fontpkg-noto-sans-arabic tests/fonts.py

One variable file a script: weights 400 to 700, the letters of our languages only, no hinting. Needed again only when
the packages change; the product itself just serves the files.
"""

import tempfile
from pathlib import Path

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).resolve().parent.parent / "src/headrace/base/static/base/fonts"
LATIN = (
    "0020-007E,00A0-017F,0192,01FC-01FF,0218-021B,02C6-02DD,1E80-1E85,1E9E,200B-200F,2010-2027,202F,"
    "2030-203A,2044,20A0-20BF,2122,2190-2193,2212,2215,2264-2265"
)
ARABIC = "0600-06FF,0750-077F,200B-200F,2010-2014,FB50-FDFF,FE70-FEFC"
FEATURES = [
    "kern",
    "liga",
    "calt",
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "init",
    "medi",
    "fina",
    "isol",
    "rlig",
    "tnum",
    "lnum",
]


def main() -> None:
    make(Path(fontpkg_noto_sans.__file__).parent / "files/NotoSans[wdth,wght].ttf", LATIN, "noto-sans-latin")
    arabic = Path(fontpkg_noto_sans_arabic.__file__).parent / "files/NotoSansArabic[wdth,wght].ttf"
    make(arabic, ARABIC, "noto-sans-arabic")


def make(source: Path, ranges: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # Saved once in between: the subsetter needs the tables that the instancer has changed in full.
        whole = Path(folder) / "whole.ttf"
        instantiateVariableFont(TTFont(source), {"wdth": 100, "wght": (400, 700)}).save(whole)
        font = TTFont(whole)
        subsetter = Subsetter(Options(layout_features=FEATURES, hinting=False))
        subsetter.populate(unicodes=code_points(ranges))
        subsetter.subset(font)
        font.flavor = "woff2"
        font.save(TARGET / f"{name}.woff2")


def code_points(ranges: str) -> list[int]:
    points: list[int] = []
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        points += range(int(first, 16), int(last or first, 16) + 1)
    return points


if __name__ == "__main__":
    main()
