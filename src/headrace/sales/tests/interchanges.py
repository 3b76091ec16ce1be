"""Interchanges as distributors send them, written for these tests: the envelopes counted right."""

from __future__ import annotations

from collections.abc import Sequence

ISA = (
    "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*HEADRACE       *260301*0930*U*00401*000000007*0*P*>~"
)

BODY_867 = (
    "BPT*00*RPT-2026-02*20260301*04",
    "CUR*SU*USD",
    "DTM*090*20260201",
    "DTM*091*20260228",
    "REF*CT*C-77",
    "N1*SU*Bike Maker*1*001122334",
    "N1*DS*North Distribution*91*p1",
    "PTD*SS*IV*INV-1001*PO*4711",
    "DTM*003*20260210",
    "N1*ST*Ace Bikes*91*C100",
    "N4*Springfield*IL*62701*US",
    "QTY*32*3*EA",
    "LIN**UP*012345678905*VN*bike*SN*S-900",
    "UIT*EA*1234.5",
    "AMT*1*3703.5",
    "QTY*76*1*EA",
    "LIN**VN*bell",
    "UIT*EA*9.99",
    "QTY*17*40*EA",
    "LIN**VN*bell",
    "PTD*SS*IV*INV-1002",
    "DTM*003*20260214",
    "N1*EN*Mrs. O'Hara",
    "SII*VN*bell*2*EA*10",
    "CTT*2",
)


def x12(body: Sequence[str] = BODY_867, *, sender: str = "NORTH", kind: str = "867", **wrong: str) -> bytes:
    """An interchange around one transaction set; `wrong` replaces whole closing segments, as SE="SE*9*0001"."""
    segments = [
        ISA.format(sender=sender).rstrip("~"),
        f"GS*PT*{sender}*HEADRACE*20260301*0930*7*X*004010",
        f"ST*{kind}*0001",
        *body,
        wrong.get("SE", f"SE*{len(body) + 2}*0001"),
        wrong.get("GE", "GE*1*7"),
        wrong.get("IEA", "IEA*1*000000007"),
    ]
    return ("~\n".join(segments) + "~\n").encode()


BODY_SLSRPT = (
    "BGM+73E::9+SLS-0226+9",
    "DTM+137:20260301:102",
    "DTM+90:20260201:102",
    "DTM+91:20260228:102",
    "NAD+SE+p1::9++Fahrradhändler Süd GmbH",
    "NAD+SU+4012345000009::9",
    "RFF+CT:C-77",
    "CUX+2:EUR:10",
    "LOC+162+STORE-1::92",
    "DTM+356:20260210:102",
    "LIN+1++4012345678901:EN",
    "PIA+1+bike:SA",
    "IMD+F++:::Rad ?'Sport?' ?+ Zubehör",
    "RFF+IV:INV-1001",
    "MOA+203:3703.5",
    "PRI+AAA:1234.5",
    "QTY+153:3:PCE",
    "QTY+145:40:PCE",
    "LIN+2++bell:SA",
    "PRI+AAA:9.99",
    "QTY+61:1:PCE",
    "LOC+162+STORE-2::92",
    "LIN+3++bell:SA",
    "PRI+AAA:10",
    "QTY+153:2:PCE",
)


def edifact(
    body: Sequence[str] = BODY_SLSRPT, *, una: str = "UNA:+.? '", kind: str = "SLSRPT", **wrong: str
) -> bytes:
    """An interchange around one message; `wrong` replaces whole closing segments, as UNT="UNT+9+1"."""
    segments = [
        "UNB+UNOC:3+4098765000003:14+4012345000009:14+260301:0930+R77",
        f"UNH+1+{kind}:D:96A:UN:EAN004",
        *body,
        wrong.get("UNT", f"UNT+{len(body) + 2}+1"),
        wrong.get("UNZ", "UNZ+1+R77"),
    ]
    return (una + "'\n".join(segments) + "'\n").encode("latin-1")
