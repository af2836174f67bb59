"""Specimens of `property_certificate`: 不动产权证书 on paper and electronic, older 房屋所有权证 and 房地产权证."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from samples import people, seals, words
from samples.paper import Form, Paper, Part
from samples.people import AS_OF
from samples.typeset import typeset

_SHORT = """
北京市京 天津市津 河北省冀 山西省晋 内蒙古自治区蒙 辽宁省辽 吉林省吉 黑龙江省黑 上海市沪 江苏省苏 浙江省浙
安徽省皖 福建省闽 江西省赣 山东省鲁 河南省豫 湖北省鄂 湖南省湘 广东省粤 广西壮族自治区桂 海南省琼 重庆市渝
四川省川 贵州省黔 云南省云 西藏自治区藏 陕西省陕 甘肃省甘 青海省青 宁夏回族自治区宁 新疆维吾尔自治区新
"""
SHORT = {pair[:-1]: pair[-1] for pair in _SHORT.split()}
"""One-character name of a province, as numbers of certificates begin with it."""
STRUCTURES = ("钢筋混凝土结构", "钢混", "框架结构", "混合结构")
LAW = (
    "根据《中华人民共和国{}》等法律法规，为保护不动产权利人合法权益，对不动产权利人申请登记的"
    "本证所列不动产权利，经审查核实，准予登记，颁发此证。"
)


@dataclass(frozen=True)
class Estate:
    """A flat and its registration. `owners` are names; `number` the certificate's as printed."""

    region: words.Region
    owners: tuple[str, ...]
    co_ownership: str
    location: str
    unit_number: str
    right_type: str
    right_nature: str
    usage: str
    area: str
    inner_area: str
    land_area: str
    term_from: date
    term_until: date
    floors: int
    floor: int
    structure: str
    built: int
    registered_on: date
    number: str
    serial: str
    authority: str


@dataclass(frozen=True)
class Style:
    """`says`: truth fields that are printed. `sheet`: page size in mm. `old`: numbered and registered before 2015."""

    name: str
    template: str
    size_mm: tuple[float, float]
    says: tuple[str, ...]
    old: bool = False
    numbers: str = "new"


ALL = (
    "certificate_number",
    "owners",
    "co_ownership",
    "location",
    "unit_number",
    "right_type",
    "usage",
    "floor_area",
    "term_until",
    "registered_on",
)
OLD = tuple(name for name in ALL if name not in ("unit_number", "right_type"))
LAND = tuple(name for name in OLD if name not in ("floor_area", "co_ownership"))
STYLES: dict[Part, tuple[Style, ...]] = {
    "tuning": (
        Style("certificate", "property_booklet", (184.0, 260.0), ALL),
        Style("electronic", "property_electronic", (210.0, 297.0), ALL),
        Style("house", "property_house", (190.0, 260.0), OLD, old=True, numbers="house"),
    ),
    "retired": (
        Style("single_column", "property_column", (176.0, 250.0), ALL),
        Style("spread_notes", "property_opened", (352.0, 250.0), ALL),
        Style("electronic", "property_electronic", (210.0, 297.0), ALL),
        Style("chongqing", "property_land", (185.0, 260.0), OLD, old=True, numbers="chongqing"),
        Style("house", "property_house", (185.0, 260.0), tuple(n for n in OLD if n != "term_until"), old=True, numbers="house"),
    ),
    "test": (
        Style("leaves", "property_leaves", (182.0, 257.0), ALL),
        Style("opened", "property_spread", (364.0, 257.0), ALL),
        Style("electronic", "property_electronic", (210.0, 297.0), ALL),
        Style("house", "property_house", (364.0, 130.0), OLD, old=True, numbers="plain"),
        Style("land", "property_land", (182.0, 257.0), LAND, old=True, numbers="land"),
    ),
}
VARIANTS = {part: tuple(style.name for style in styles) for part, styles in STYLES.items()}
BURDENS = {
    "mortgage": "该不动产已设立抵押权。抵押权人：{bank}；被担保债权数额：{sum}万元；债务履行期限：{first}起{last}止。",
    "seizure": "该不动产已被{court}查封，查封期限自{first}起至{last}止，查封文号：（{year}）执字第{count}号。",
    "residence": "该不动产已设立居住权，居住权人：{person}，居住权期限：{first}起至居住权人终身止。",
}
CANCELLED = "{first}设立的抵押权已于{last}注销登记。"


def make(rng: Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """A certificate. Facts: `owners` (names or people.Person), `co_ownership`, `location`, `area` (m², a string),
    `registered_on`, `region`, `usage`, `term_until`.

    `plant`: `mortgage`, `seizure`, `residence` (all `property_encumbered`), or `mortgage_cancelled`, which is no fault.
    `stamped`: the burden is also stamped across the page.
    """
    styles = {style.name: style for style in STYLES[part]}
    style = styles[variant or rng.choice(VARIANTS[part])]
    estate = _invented(rng, style, facts)
    plant = facts.get("plant")
    note = burden_text(rng, plant, estate) if plant else ""
    stamp = {"mortgage": "已抵押", "seizure": "已查封", "residence": "已设居住权"}.get(plant or "", "")
    data = _data(rng, style, estate) | {"note": note, "stamp": stamp if facts.get("stamped", rng.random() < 0.4) else ""}
    seal = seals.office_seal(estate.authority, rng, "" if style.old else "不动产登记专用章", part=part)
    pdf = typeset(f"{part}/{style.template}.typ", data, {"seal.png": seal})
    form: Form = "a4" if style.size_mm == (210.0, 297.0) else "sheet"
    notes = {"planted": plant or "", "seal_text": estate.authority}
    return Paper("property_certificate", pdf, _truth(style, estate), form, style.size_mm, part, style.name, notes=notes)


def _invented(rng: Random, style: Style, facts: dict[str, Any]) -> Estate:
    region = facts.get("region") or _region(rng, style)
    given: Sequence[Any] = facts.get("owners") or [people.person(rng).name for _ in range(rng.choice((1, 1, 2)))]
    owners = tuple(one if isinstance(one, str) else one.name for one in given)
    years = (2008, 2015) if style.old else (2016, 2025)
    registered = facts.get("registered_on") or people.day_between(rng, date(years[0], 3, 1), date(years[1], 11, 30))
    built = registered.year - rng.randrange(1, 8)
    begun = date(built - 3, rng.randrange(1, 13), rng.randrange(1, 28))
    until = facts.get("term_until") or people.add_years(begun, rng.choice((50, 70, 70))) - timedelta(days=1)
    floors = rng.choice((6, 7, 11, 18, 24, 32, 33))
    area = facts.get("area") or f"{rng.uniform(48, 168):.2f}"
    house = rng.choice(("住宅", "成套住宅"))
    return Estate(
        region=region,
        owners=owners,
        co_ownership=facts.get("co_ownership") or ("单独所有" if len(owners) == 1 else rng.choice(("共同共有", "按份共有"))),
        location=facts.get("location") or _location(rng, region),
        unit_number=unit_number(rng, region),
        right_type="国有建设用地使用权/房屋所有权",
        right_nature=f"出让/{rng.choice(('商品房', '市场化商品房'))}",
        usage=facts.get("usage") or ("城镇住宅用地" if style.numbers == "land" else house if style.old else f"城镇住宅用地/{house}"),
        area=area,
        inner_area=f"{float(area) * rng.uniform(0.76, 0.9):.2f}",
        land_area=f"{rng.uniform(3000, 60000):.2f}",
        term_from=begun,
        term_until=until,
        floors=floors,
        floor=rng.randrange(1, floors + 1),
        structure=rng.choice(STRUCTURES),
        built=built,
        registered_on=registered,
        number=certificate_number(rng, style.numbers, region, registered.year),
        serial=f"{region.code[:2]}{rng.randrange(10**9, 10**10)}",
        authority=_authority(style, region),
    )


def _region(rng: Random, style: Style) -> words.Region:
    if style.numbers == "chongqing":
        return rng.choice([one for one in words.REGIONS if one.province == "重庆市"])
    return rng.choice(words.REGIONS)


def _authority(style: Style, region: words.Region) -> str:
    place = region.city or region.province
    if style.numbers == "land":
        return f"{place}人民政府"
    if style.old:
        return f"{place}国土资源和房屋管理局" if style.numbers == "chongqing" else f"{place}房产管理局"
    return f"{place}{region.district}不动产登记中心" if not region.city else f"{_registry(region)}自然资源和规划局"


def _registry(region: words.Region) -> str:
    """The place that keeps the register: districts of municipalities, counties and county-level cities have their own."""
    return region.district if not region.city or region.district[-1] in "市县" else region.city


def _location(rng: Random, region: words.Region) -> str:
    estate = rng.choice(("", rng.choice(words.ESTATES)))
    street = f"{region.district}{rng.choice(words.STREETS)}{rng.randrange(1, 400)}号{estate}"
    return street + rng.choice(
        (
            f"{rng.randrange(1, 40)}幢{rng.randrange(1, 33)}-{rng.randrange(1, 9)}",
            f"{rng.randrange(1, 20)}栋{rng.randrange(1, 4)}单元{rng.randrange(101, 3304)}室",
            f"{rng.randrange(1, 20)}号楼{rng.randrange(1, 5)}单元{rng.randrange(2, 30)}层{rng.randrange(1, 9)}号",
        )
    )


def unit_number(rng: Random, region: words.Region) -> str:
    """28 characters: 19 of the parcel (region, cadastral district and sub-district, kind, number) and 9 of the fixture."""
    parcel = f"{region.code}{rng.randrange(1, 30):03d}{rng.randrange(1, 30):03d}GB{rng.randrange(1, 900):05d}"
    return f"{parcel}F{rng.randrange(1, 60):04d}{rng.randrange(1, 999):04d}"


def certificate_number(rng: Random, how: str, region: words.Region, year: int) -> str:
    """The number as printed, without layout spaces."""
    short, place = SHORT[region.province], region.city or region.province
    if how == "new":
        return f"{short}（{year}）{_registry(region)}不动产权第{rng.randrange(1, 1_500_000):07d}号"
    if how == "chongqing":
        return f"{rng.choice((101, 103, 106, 112, 201, 204))}房地证{year}字第{rng.randrange(1, 60_000):05d}号"
    if how == "house":
        return f"{short}房权证{place.removesuffix('市')[:2]}字第{rng.randrange(10**6, 10**8):08d}号"
    if how == "land":
        return f"{place.removesuffix('市')[:2]}国用（{year}）第{rng.randrange(1, 40_000):05d}号"
    return f"{place.removesuffix('市')[:2]}房权证{region.district[:2]}字第{rng.randrange(10**5, 10**7):07d}号"


def burden_text(rng: Random, plant: str, estate: Estate) -> str:
    """The note that says what burdens the property."""
    begun = people.day_between(rng, max(estate.registered_on, AS_OF - timedelta(days=900)), AS_OF - timedelta(days=60))
    place = estate.region.city or estate.region.province
    facts = {
        "bank": people.account(rng).branch,
        "sum": str(rng.randrange(20, 300)),
        "first": _cn(begun),
        "last": _cn(people.add_years(begun, 3 if plant == "seizure" else rng.choice((5, 10, 20)))),
        "court": f"{place}{estate.region.district}人民法院",
        "year": str(begun.year),
        "count": str(rng.randrange(100, 9_000)),
        "person": people.person(rng).name,
    }
    if plant == "mortgage_cancelled":
        return CANCELLED.format(first=_cn(begun), last=_cn(people.day_between(rng, begun, AS_OF - timedelta(days=30))))
    return BURDENS[plant].format(**facts)


def _cn(day: date) -> str:
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"


def _data(rng: Random, style: Style, estate: Estate) -> dict[str, Any]:
    plain = style.template == "property_electronic"
    unit = estate.unit_number if plain else " ".join(estate.unit_number[a:b] for a, b in ((0, 6), (6, 12), (12, 19), (19, 28)))
    return {
        "number": estate.number,
        "serial": estate.serial,
        "authority": estate.authority,
        "law": LAW.format("民法典" if estate.registered_on.year > 2020 else "物权法"),
        "owners": ("、" if len(estate.owners) < 2 else rng.choice(("、", "，", " "))).join(estate.owners),
        "first_owner": estate.owners[0],
        "other_owners": "、".join(estate.owners[1:]),
        "co_ownership": estate.co_ownership,
        "location": estate.location,
        "unit_number": unit,
        "right_type": estate.right_type,
        "right_nature": estate.right_nature,
        "usage": estate.usage,
        "area": estate.area,
        "inner_area": estate.inner_area,
        "land_area": estate.land_area,
        "term_from": _cn(estate.term_from),
        "term_until": _cn(estate.term_until),
        "floors": str(estate.floors),
        "floor": str(estate.floor),
        "structure": estate.structure,
        "built": str(estate.built),
        "year": str(estate.registered_on.year),
        "month": f"{estate.registered_on.month:02d}",
        "day": f"{estate.registered_on.day:02d}",
        "others": _other_state(estate),
        "parcel": f"{estate.unit_number[6:12]}-{rng.randrange(1, 900)}",
        "room": f"{rng.randrange(1, 30)}-{rng.randrange(1, 9)}",
        "price": f"{rng.uniform(30, 300):.2f}",
        "nudge": [round(rng.uniform(-6, 6), 1), round(rng.uniform(-4, 4), 1)],
        "font": rng.randrange(2),
    }


def _other_state(estate: Estate) -> list[str]:
    """The lines of 权利其他状况."""
    return [
        f"房屋结构：{estate.structure}",
        f"专有建筑面积：{estate.inner_area}㎡，分摊建筑面积：{float(estate.area) - float(estate.inner_area):.2f}㎡",
        f"房屋总层数：{estate.floors}层，所在层数：{estate.floor}层",
        f"房屋竣工时间：{estate.built}年",
    ]


def _truth(style: Style, estate: Estate) -> dict[str, str]:
    known = {
        "certificate_number": estate.number.replace("（", "(").replace("）", ")"),
        "owners": "、".join(estate.owners),
        "co_ownership": estate.co_ownership,
        "location": estate.location,
        "unit_number": estate.unit_number,
        "right_type": estate.right_type,
        "usage": estate.usage,
        "floor_area": estate.area,
        "term_until": estate.term_until.isoformat(),
        "registered_on": estate.registered_on.isoformat(),
    }
    return {name: known[name] for name in style.says}
