"""Legal forms of companies as they are written, by the short form that stands for all of a line.

A name without its form is still the name; two different forms are two companies until a person says otherwise.
Each spelling is given as `names.plain_words` would write it, words apart by spaces; what stands in a line is one form.
"""

from __future__ import annotations

from collections.abc import Iterator

# English; German; French; Italian; Spanish and Portuguese; Dutch; the north; the east; Turkey; Malaysia, Singapore,
# Indonesia, India, Vietnam, Thailand; Arabic; China, Japan, Korea; Israel, Greece.
SPELLINGS = """
ltd: ltd, limited
llc: llc, limited liability company
inc: inc, incorporated
corp: corp, corporation
co: co, company
plc: plc, public limited company
llp: llp, limited liability partnership
lp: lp, limited partnership
pc: pc, pllc
cic: cic
gmbh: gmbh, gesellschaft mit beschrankter haftung, gesellschaft mbh, gesmbh, mbh
ggmbh: ggmbh
ug: ug, ug haftungsbeschrankt, unternehmergesellschaft
ag: ag, aktiengesellschaft
kg: kg, kommanditgesellschaft
gmbh co kg: gmbh and co kg, gmbh co kg, gmbh and cokg
ag co kg: ag and co kg, ag co kg
ohg: ohg, offene handelsgesellschaft
gbr: gbr
kgaa: kgaa
ek: ek, ekfm, ekfr, eingetragener kaufmann
eg: eg
ev: ev
se: se
sa: sa, societe anonyme, sociedad anonima, societa anonima
sarl: sarl, societe a responsabilite limitee
sas: sas, societe par actions simplifiee
sasu: sasu
eurl: eurl
snc: snc
sci: sci
srl: srl, societa a responsabilita limitata
srls: srls
spa: spa, societa per azioni
sapa: sapa
sl: sl, slu, sociedad limitada
sau: sau
sa de cv: sa de cv, sapi de cv
s de rl de cv: s de rl de cv, s de rl
ltda: ltda, limitada
lda: lda
eireli: eireli
bv: bv, besloten vennootschap
nv: nv, naamloze vennootschap
vof: vof
bvba: bvba, sprl
ab: ab, aktiebolag
as: as, a s
asa: asa
aps: aps
oy: oy, osakeyhtio
oyj: oyj
ehf: ehf
sp zoo: sp zoo, sp z oo, spolka z ograniczona odpowiedzialnoscia
sp j: sp j
sro: sro, spol sro, s r o
kft: kft
zrt: zrt
nyrt: nyrt
bt: bt
doo: doo
dd: dd
eood: eood, еоод
ood: ood, оод
ead: ead
ou: ou, osauhing
uab: uab
sia: sia
ooo: ооо, ooo, общество с ограниченнои ответственностью
ao: ао
pao: пао
zao: зао
oao: оао
ip: ип
tov: тов
as tr: as tr, anonim sirketi
ltd sti: ltd sti, limited sirketi
sdn bhd: sdn bhd, sendirian berhad
bhd: bhd, berhad
plt: plt
pte ltd: pte ltd, pte limited, private limited, pvt ltd, pvt limited, p ltd
pty ltd: pty ltd, proprietary limited
pt: pt
tbk: tbk
cong ty tnhh: cong ty tnhh, tnhh
wll: wll, ذمم, ش ذمم, شذمم
llc ar: شمم, ش مم, ذات مسيوليه محدوده, ذات مسووليه محدوده, المحدوده
psc: psc, pjsc, شمع, ش مع, qsc, qpsc, شمق
saog: saog, saoc
fze: fze, fzco, fz llc, fzllc, dmcc, شمح
est: est, establishment
company ar: شركه
youxian: 有限公司, 有限责任公司, 有限責任公司
gufen: 股份有限公司
kk: kk, 株式会社, 株, kabushiki kaisha
yk: 有限会社
gk: 合同会社
jusik: 주식회사, 주
yuhan: 유한회사
baam: בעמ
ae: αε, ανωνυμη εταιρεια
epe: επε
"""

# Those that stand before the name; every other stands behind it.
BEFORE = frozenset(
    ("pt", "ooo", "ao", "pao", "zao", "oao", "ip", "tov", "uab", "sia", "company ar", "kk", "yk", "gk",
     "jusik", "yuhan", "cong ty tnhh", "est")
)  # fmt: skip
# Written without a space before the name or behind it.
GLUED = frozenset(("youxian", "gufen", "kk", "yk", "gk", "jusik", "yuhan"))


def _read() -> Iterator[tuple[str, str]]:
    for line in SPELLINGS.strip().splitlines():
        form, spellings = line.split(":")
        for spelling in spellings.split(","):
            yield spelling.strip(), form


# Spelling without spaces -> form: "s. r. l." and "srl" are one.
FORM_OF = {spelling.replace(" ", ""): form for spelling, form in _read()}
WORDS_MAX = max(len(spelling.split()) for spelling, _ in _read())
GLUED_SPELLINGS = sorted(
    (
        (spelling, form)
        for spelling, form in _read()
        if form in GLUED and len(spelling) > 1 and not spelling.isascii()
    ),
    key=lambda pair: -len(pair[0]),
)
