"""Business licences of all kinds of bodies: landscape original, upright duplicate, electronic, and before the unified code."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from PIL import Image

from samples import artwork, people, seals
from samples.figures import in_words, money
from samples.paper import PARTS, Paper, Part
from samples.people import Company, Kind
from samples.typeset import typeset

VARIANTS = {part: ("landscape", "portrait", "electronic", "old") for part in PARTS}
KINDS: tuple[Kind, ...] = ("company", "individual", "sole_owner", "partnership", "branch")
PERSON_LABEL: dict[Kind, str] = {
    "company": "法定代表人", "individual": "经营者", "sole_owner": "投资人", "partnership": "执行事务合伙人", "branch": "负责人",
}  # fmt: skip
PLACE_LABEL: dict[Kind, str] = {
    "company": "住所", "individual": "经营场所", "sole_owner": "住所", "partnership": "主要经营场所", "branch": "营业场所",
}  # fmt: skip
OLD_TITLE: dict[Kind, str] = {
    "company": "企业法人营业执照", "individual": "个体工商户营业执照", "sole_owner": "个人独资企业营业执照",
    "partnership": "合伙企业营业执照", "branch": "营业执照",
}  # fmt: skip
WATERMARKS = {
    "tuning": ("电子营业执照", "仅供信息披露使用", "仅用于办理贷款"),
    "test": ("与原件一致 仅供申请贷款", "电子证照 下载件", "此件仅用于银行尽职调查"),
    "retired": ("仅限办理信贷业务使用", "市场主体电子营业执照", "2026年11月 仅供银行授信"),
}
TINTS: dict[Part, tuple[artwork.Colour, artwork.Colour]] = {
    "retired": ((253, 250, 243), (222, 204, 166)), "test": ((250, 246, 236), (200, 160, 120)),
}  # fmt: skip
CHINESE_DIGITS = "〇一二三四五六七八九"


def capital_words(yuan: int, style: int) -> str:
    """Registered capital as licences print it; `style` picks one of the wordings seen."""
    wan = yuan / 10_000
    words = in_words(yuan * 100)
    wordings = (
        words, f"人民币{wan:.4f}万元整", f"{wan:g}万元人民币", in_words(yuan * 100, yuan="圆"), f"人民币{words}",
        f"{wan:.6f}万人民币", f"人民币{wan:g}万元", f"（人民币）{wan:g}万元", f"{wan:.2f}万元",
    )  # fmt: skip
    return wordings[style % len(wordings)]


def _day(day: date, style: int) -> str:
    forms = (f"{day:%Y年%m月%d日}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}")
    return forms[style % 3]


def term_words(start: date, until: date | None, style: int) -> tuple[str, bool]:
    """The term as printed, and whether its first day is printed."""
    first = _day(start, style)
    if until is None:
        return (
            (f"{first}至长期", True),
            ("长期", False),
            (f"{first}/长期", True),
            (f"{first} 至 长期", True),
            (f"自{first}至长期", True),
        )[style % 5]
    last = _day(until, style)
    return ((f"{first}至{last}", True), (f"{first} 至 {last}", True), (f"自{first}至{last}", True), (f"{first}-{last}", True))[style % 4]


def chinese_numeral(number: int) -> str:
    """Day or month in Chinese numerals: 十, 二十一."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return CHINESE_DIGITS[ones]
    return ("" if tens == 1 else CHINESE_DIGITS[tens]) + "十" + (CHINESE_DIGITS[ones] if ones else "")


def _qr(text: str) -> bytes:
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    pixels = code.to_image(scale=6, add_quiet_zones=True)
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert("L").save(buffer, "PNG")
    return buffer.getvalue()


def _qr_text(body: Company, rng: Random) -> str:
    return rng.choice(
        (
            f"http://www.gsxt.gov.cn/index.html?uniscid={body.uscc}",
            f"统一社会信用代码：{body.uscc}；\n名称：{body.name}；\n登记机关：{body.authority}",
            f"https://www.gsxt.gov.cn/affiche-qrcode?code={rng.getrandbits(96):024x}",
        )
    )


def _rows(body: Company, rng: Random, old: bool, with_term: bool) -> tuple[list[list[str]], dict[str, str]]:
    """Label and printed value in the usual order, and the truth that follows from them."""
    style = rng.randrange(60)
    rows = [["名称", body.name], ["类型", body.type], [PERSON_LABEL[body.kind], body.representative]]
    truth = {"name": body.name, "type": body.type, "legal_representative": body.representative}
    if old and body.kind == "company":
        rows[1:] = [["住所", body.address], ["法定代表人姓名", body.representative]]
    if body.capital:
        rows.append(["注册资本" if body.kind == "company" else "出资额", capital_words(body.capital, style)])
        truth["registered_capital"] = money(body.capital * 100)
        if old and body.kind == "company":
            rows += [["实收资本", capital_words(body.capital, style)], ["公司类型", body.type]]
    if body.kind == "individual":
        rows.append(["组成形式", rng.choice(("个人经营", "家庭经营"))])
    rows.append(["注册日期" if body.kind == "individual" else "成立日期", _day(body.established_on, style)])
    truth["established_on"] = body.established_on.isoformat()
    if with_term and body.kind != "individual":
        printed, with_start = term_words(body.term_from, body.term_until, style)
        rows.append(["合伙期限" if body.kind == "partnership" else "营业期限", printed])
        truth["term_until"] = body.term_until.isoformat() if body.term_until else "long-term"
        if with_start:
            truth["term_from"] = body.term_from.isoformat()
    if not (old and body.kind == "company"):
        rows.append([PLACE_LABEL[body.kind], body.address])
    rows.append(["经营范围", body.scope])
    return rows, truth | {"address": body.address, "business_scope": body.scope}


def _columns(rows: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """Left and right half of a landscape licence: the scope ends the left one, the rest of what follows the person is right."""
    left = [row for row in rows if row[0] in ("名称", "类型", "经营范围", *PERSON_LABEL.values())]
    return left, [row for row in rows if row not in left]


def _issue_day(body: Company, old: bool, rng: Random) -> dict[str, str]:
    day = body.issued_on
    if old and rng.random() < 0.5:
        year = "".join(CHINESE_DIGITS[int(digit)] for digit in str(day.year))
        return {"year": year, "month": chinese_numeral(day.month), "day": chinese_numeral(day.day)}
    padded = rng.random() < 0.7
    return {
        "year": str(day.year),
        "month": f"{day.month:02d}" if padded else str(day.month),
        "day": f"{day.day:02d}" if padded else str(day.day),
    }


def before_unified_code(body: Company, rng: Random) -> Company:
    """The company as it was registered before October 2015, with a term that has not ended."""
    founded = people.day_between(rng, date(1998, 3, 1), date(2012, 6, 30))
    issued = people.day_between(rng, founded, min(founded + timedelta(days=2000), date(2015, 9, 20)))
    until = None if rng.random() < 0.3 else people.add_years(founded, 30)
    authority = f"{body.region.city}{body.region.district}工商行政管理局" if body.region.city else f"{body.region.full}工商行政管理局"
    return replace(body, established_on=founded, term_from=founded, term_until=until, issued_on=issued, authority=authority)


def make(rng: Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """A licence. Facts: `company` (people.Company), `kind`, `seal` (False leaves it out), `watermark`, `qr` (False: none),
    `void` (a word stamped across it, such as 已注销)."""
    body: Company = facts.get("company") or people.company(rng, facts.get("kind") or rng.choice(KINDS))
    variant = variant or rng.choice(("landscape", "landscape", "portrait", "electronic"))
    old = variant == "old"
    if old and "company" not in facts:
        body = before_unified_code(body, rng)
    rows, truth = _rows(body, rng, old, with_term=part == "tuning" or variant != "landscape" or rng.random() < 0.5)
    code_label, code = ("注册号", body.registration_number) if old else ("统一社会信用代码", body.uscc)
    truth |= {"registration_number" if old else "uscc": code, "issued_on": body.issued_on.isoformat()}
    left, right = _columns(rows)
    copy = "（副　本）" if variant != "landscape" or rng.random() < 0.5 else ""
    data: dict[str, Any] = {
        "rows": rows, "left": left, "right": right, "title": OLD_TITLE[body.kind], "code_label": code_label, "code": code,
        "copy": copy, "copy_number": rng.choice(("1-1", "1-2", "2-1")), "seal_turn": round(rng.uniform(-16, 16), 1),
        "font": rng.randrange(2), **_issue_day(body, old, rng),
    }  # fmt: skip
    data["void"] = facts.get("void", "")
    assets = {"emblem.png": artwork.emblem(rng)}
    if variant == "electronic" or "watermark" in facts:
        data["watermark"] = facts.get("watermark") or rng.choice(WATERMARKS[part])
        data["watermark_tint"] = rng.choice(("#ffffffc8", "#8c8c8c60", "#8c8c8c80"))
    if variant == "electronic":
        data["authority"] = body.authority
        truth["registration_authority"] = body.authority
    qr_text = "" if old or facts.get("qr") is False else _qr_text(body, rng)
    if qr_text:
        data["qr"] = True
        assets["qr.png"] = _qr(qr_text)
    layout = "landscape" if variant == "electronic" else variant
    wide = layout == "landscape" or (layout == "old" and part == "test")
    size = (297.0, 210.0) if wide else (210.0, 297.0)
    tint = ((251, 247, 234), (216, 190, 128)) if part == "tuning" else TINTS[part]
    assets["ground.jpg"] = artwork.licence_ground(rng, (1700, 1202) if wide else (1202, 1700), *tint, frame=True)
    drawn = seals.office_seal(body.authority, rng, part=part) if facts.get("seal", True) else seals.nothing()
    assets["seal.png"] = drawn
    pdf = typeset(f"{part}/licence_{layout}.typ", data, assets)
    notes = {"kind": body.kind, "seal_text": body.authority, "qr": qr_text}
    return Paper("business_licence", pdf, truth, "sheet" if wide else "a4", size, part, variant, notes=notes)
