"""What stands in the cells of a property certificate, as the contract wants it. Pure: text in, text out; ValueError where there is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from extractors.documents._income_words import COMPOUND_SURNAMES, is_surname
from extractors.numbers import dates
from extractors.numbers.text import normal, person

PROVINCES = "京津沪渝冀豫云滇辽黑湘皖鲁新苏浙赣鄂桂甘陇晋蒙陕秦吉闽贵黔粤青藏川蜀宁琼"
NUMBER = re.compile(
    rf"([{PROVINCES}][.·,]?\(?20\d{{2}}\)?[\u4e00-\u9fff]{{1,20}}?不动产权第?[0-9-]{{3,14}}号"
    rf"|(?![\u4e00-\u9fff]{{1,2}}[{PROVINCES}]\(?20)[\u4e00-\u9fff]{{1,3}}\(?20\d{{2}}\)?[\u4e00-\u9fff]{{1,20}}?不动产权第?[0-9-]{{3,14}}号"
    r"|(?:\d{3}|X)?[\u4e00-\u9fff]{0,8}(?:房地产权证|房地产证|房地权证|房权证|房地证|房产证|房证)[\u4e00-\u9fff]{0,8}(?:\(?(?:19|20)\d{2}\)?)?字?(?:第|NO\.?|№)*[0-9A-Z-]{3,30}号"
    r"|(?:\d{3}|X)?[\u4e00-\u9fff]{0,8}房地产权证\(?(?:19|20)\d{2}\)?字?第?[0-9A-Z-]{3,14}号"
    r"|[\u4e00-\u9fff]{1,2}房地[\u4e00-\u9fff]{0,4}字?\(?(?:(?:19|20)\d{2}\)?)?字?第[0-9A-Z-]{3,30}号)"
)
UNIT_NUMBER = re.compile(r"(?<!\d)(\d{12}[GJZ][A-Z]\d{5}[FLQW]\d{8})(?!\d)")
DAY = re.compile(
    r"((?:\d{4}|[二〇○零一九][〇○零一二三四五六七八九]{3})[年./-]\d{1,2}[月./-]\d{1,2}日?"
    r"|[二〇○零一九][〇○零一二三四五六七八九]{3}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日)"
)
REGISTERED = re.compile(r"(?<!止于)(?<!至)(?<!到)(?<!\d)" + DAY.pattern + r"(?!起|止|至)")
END = re.compile(r"(?:止于|终止日期:?|[至到](?=[\d年月日./\n-]{8,16}止))(\d{4}[年./-]\n?\d{1,2}\n?[月./-]\n?\d{1,2}\n?日?)")
_BEGIN = re.compile("[从自]$")
TOGETHER = re.compile(r"(单独所有|共同共有|按份共有|家庭共有|(?<!为)共有(?!人|情况|宗地|方式|部[位分]|面积))")
_ORGANISATION = re.compile(r"(?:公司|厂|店|社|院|校|局|会|中心|银行|集团|所|政府|合伙\)?)$")
_NO_NAME = re.compile(r"[\d:]|(?:号|证|用途|类型|日期|面积|坐落|情况|性质|年限)$")
_FIGURE = r"(\d[\d,]*(?:\.\d+)?)"
_OTHER_AREA = r"(?<!套内)(?<!专有)(?<!分摊)(?<!公摊)(?<!共有)(?<!部分)"
BUILT = re.compile(rf"{_OTHER_AREA}(?:房屋)?建筑面积(?:\(?(?:平方米|m2|㎡)\)?)?[:为]?{_FIGURE}(?:平方米|m2|㎡)", re.IGNORECASE)


def people(text: str) -> str:
    """Owners, joined by 、 in printed order, without numbers of cards and shares; parts of a name that stand apart are one.

    >>> people("林 峰，周 洁"), people("石磊 毛晓丽"), people("章子涵：50%、裘梦琪（身份证：330106198001011234）")
    ('林峰、周洁', '石磊、毛晓丽', '章子涵、裘梦琪')
    """
    plain = re.sub(r"\([^()]*\)", " ", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"(?:居民|公民)?(?:身份证明?|证件)(?:号码|号)?:?\s*[\dXx*]{6,}", " ", plain)
    plain = re.sub(r"\d{15,17}[\dXx]|:?\s*\d+(?:\.\d+)?%|(?:占|份额).*?%", " ", plain)
    plain = re.sub(r"(?:身份证|证件|持证人).*$", "", plain).strip("/,、 ")
    names = [name for part in re.split("[、,;/]", plain) for name in _names(part.split())]
    names = [name for name in names if not re.fullmatch(r"[-—/\\*]+|无", name)]
    if not names or any(len(name) < 2 or _NO_NAME.search(name) for name in names):
        raise ValueError("no names")
    return "、".join(dict.fromkeys(names))


def _names(pieces: Sequence[str]) -> list[str]:
    """Names out of what spaces part: a single character goes with what follows; three single ones are one name."""
    names: list[str] = []
    single = [piece for piece in pieces if len(piece) == 1]
    whole = 3 if len(single) == len(pieces) == 3 else 2
    for piece in pieces:
        before = names[-1] if names else ""
        goes_on = len(before) == 1 and len(piece) <= 2
        goes_on |= len(piece) == 1 and (before in COMPOUND_SURNAMES or (whole == 3 and len(before) == 2))
        if goes_on:
            names[-1] += piece
        else:
            names.append(piece)
    return [person(name) for name in names]


def runs_together(name: str) -> bool:
    """Whether what stands for one name is too much for one person and ends like no organisation."""
    return len(name) >= 5 and "·" not in name and not _ORGANISATION.search(name)


def parted(name: str) -> str:
    """Two names that ran together, with 、 between them where only one cut gives two names with surnames; else as it is.

    >>> parted("石磊毛晓丽"), parted("武龙涛孙强")
    ('石磊、毛晓丽', '武龙涛、孙强')
    """
    cuts = [n for n in (2, 3) if 2 <= len(name) - n <= 3 and is_surname(name) and is_surname(name[n:])]
    return f"{name[: cuts[0]]}、{name[cuts[0] :]}" if len(cuts) == 1 else name


def area(text: str) -> str:
    """The building's area in m², of all areas that a cell states.

    >>> area("共有宗地面积：15632.00m²/房屋建筑面积：89.37m²"), area("宗地面积：24,560.30㎡，建筑面积：143.28㎡"), area("102")
    ('89.37', '143.28', '102')
    >>> area("壹佰零贰点伍（102.50）平方米"), area("建筑面积88.76平方米 套内建筑面积74.02平方米"), area("78.3200㎡"), area("125.9m²")
    ('102.50', '88.76', '78.32', '125.9')
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("㎡", "m2")
    built = re.findall(rf"{_OTHER_AREA}(?:房屋)?建筑面积(?:\([^)\d]*\))?[:为]?{_FIGURE}", plain)
    bare = re.sub(r"^\(?(?:平方米|m2)\)?:?|\(?(?:平方米|m2?|米)\)?$", "", plain, flags=re.IGNORECASE)
    whole = re.fullmatch(rf"(?:建筑面积:?|[壹贰叁肆伍陆柒捌玖零拾佰仟点]+)?\(?{_FIGURE}\)?", bare)
    if built:
        figure = str(built[-1])
    elif whole:
        figure = whole[1]
    else:
        raise ValueError("no area")
    return re.sub(r"(\.\d\d)0+$", r"\1", figure.replace(",", ""))


def day(text: str) -> str:
    """A date in the contract's form, though a mark between its figures was lost or a stain was read as one. Raises NumberError.

    >>> day("2023-0810"), day("202308-10"), day("2014年12月/26日"), day("2024 年 02月产27日"), day("2018年06月09")
    ('2023-08-10', '2023-08-10', '2014-12-26', '2024-02-27', '2018-06-09')
    """
    whole = re.sub(r"(年\d{2}月\d{2})$", r"\1日", _unmarked(text))
    return dates.parse(dates.with_marks(whole)).isoformat()


def _unmarked(text: str) -> str:
    """The date without what a stamp put between its figures."""
    return re.sub(r"(?<=[年月])[^\d一二三四五六七八九十〇]{1,2}(?=\d)|(?<=\d)[/.·,](?=[年月日])", "", re.sub(r"\s", "", normal(text)))


def end(text: str) -> str:
    """The last day of a term: what stands before 止, else the later of the days; a day from which it runs is none."""
    plain = _unmarked(text)
    if "永久" in plain or "长期" in plain:
        return "long-term"
    found = [m for m in DAY.finditer(plain) if not _BEGIN.search(plain[: m.start()]) and plain[m.end() : m.end() + 1] != "起"]
    days = sorted(dates.parse(m[1]).isoformat() for m in found)
    return days[-1] if days else ""


_MOST = {"location": 70, "right_type": 45, "right_nature": 30, "usage": 40, "co_ownership": 30}


def is_strange(name: str, value: str, printed: str = "") -> bool:
    """Whether a cell's value holds what belongs to other cells: rows that ran together; or stands as it never does: a date with marks
    where none belong, an area of one or two figures without a unit (a storey, a room).

    >>> is_strange("usage", "城镇住宅用地/住宅"), is_strange("usage", "按份共有350203898831GB00690F17763031住宅")
    (False, True)
    >>> is_strange("right_type", "出让/商品房"), is_strange("location", "单独所有江东街619号2单元796室")
    (True, True)
    >>> is_strange("floor_area", "11", "11"), is_strange("floor_area", "89", "89㎡"), is_strange("floor_area", "89.3", "89.3")
    (True, False, False)
    >>> is_strange("registered_on", "2014-12-26", "2014年12月/26日")
    True
    """
    if name == "floor_area":
        return re.fullmatch(r"\D{0,2}\d{1,2}\D?", printed) is not None and not re.search("[m㎡平]", printed)
    if name in ("registered_on", "term_until"):
        return _unmarked(printed) != re.sub(r"\s", "", normal(printed))
    if name not in _MOST:
        return False
    alien = r"不动产权第|\d{4}[-年]\d{1,2}[-月]\d{1,2}|\d{12}G[A-Z]\d" + ("" if name == "co_ownership" else "|单独所有|共同共有|按份共有")
    wrong_kind = name == "right_type" and not re.search("权", value)
    return len(value) > _MOST[name] or wrong_kind or re.search(alien, value) is not None


def unit_number(text: str) -> str:
    """The 28 characters of a real-estate unit number. Raises ValueError for another count."""
    plain = re.sub(r"[^0-9A-Za-z]", "", normal(text)).upper()
    if len(plain) != 28:
        raise ValueError("not 28 characters")
    return plain


def co_ownership(text: str) -> str:
    """How the owners own: the word for it where there is one, else the text."""
    match = TOGETHER.search(re.sub(r"\s", "", normal(text)))
    return match.group(1) if match else normal(text)


def certificate_number(text: str) -> str:
    """The certificate's number without spaces, and without a speck behind the province."""
    return re.sub(rf"\s|(?<=^[{PROVINCES}])[.·,](?=\()", "", normal(text))
