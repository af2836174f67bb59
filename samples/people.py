"""Invented people, couples, companies and accounts with numbers that pass every public check.

Everything follows from the given random.Random; nothing is taken from a real person or register. The check digits are
written out here a second time, apart from the code under test, so that a mistake there cannot hide in the samples.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Literal

from samples import words
from samples.words import Region

AS_OF = date(2026, 11, 23)
"""The day on which all samples are judged, so that ages and expiries are reproducible."""
Sex = Literal["男", "女"]
SEXES: tuple[Sex, Sex] = ("男", "女")
Kind = Literal["company", "individual", "sole_owner", "partnership", "branch"]
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True)
class Person:
    """`card_until` None: long-term. `ethnicity` without 族. `authority` is the issuing police bureau."""

    name: str
    sex: Sex
    ethnicity: str
    birth: date
    id_number: str
    address: str
    authority: str
    card_from: date
    card_until: date | None
    phone: str
    region: Region


@dataclass(frozen=True)
class Couple:
    holder: Person
    spouse: Person
    registered_on: date
    certificate_number: str
    office: str


@dataclass(frozen=True)
class Company:
    """`term_until` None: long-term. `capital` in yuan, 0 where none is printed. `kind` decides the licence's labels."""

    kind: Kind
    name: str
    uscc: str
    registration_number: str
    type: str
    representative: str
    capital: int
    established_on: date
    term_from: date
    term_until: date | None
    address: str
    scope: str
    authority: str
    issued_on: date
    phone: str
    region: Region


@dataclass(frozen=True)
class Account:
    bank: str
    branch: str
    number: str


# --- numbers ---------------------------------------------------------------------------------------------------------


def id_check(body: str) -> str:
    """Check character of the 17 digits of a resident identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(body))
    return "10X98765432"[total % 11]


def id_number(rng: Random, region: str, birth: date, sex: Sex) -> str:
    order = rng.randrange(1, 499) * 2 + (1 if sex == "男" else 0)
    body = f"{region}{birth:%Y%m%d}{order:03d}"
    return body + id_check(body)


def organisation_check(body: str) -> str:
    """Check character of the 8 characters of an organisation code (GB 11714)."""
    values = (int(char, 36) for char in body)
    rest = (11 - sum(value * weight for value, weight in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11) % 11
    return "X" if rest == 10 else str(rest)


def uscc_check(body: str) -> str:
    """Check character of the 17 characters of a unified social credit code (GB 32100)."""
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(body, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def uscc(rng: Random, region: str, category: str, since: date) -> str:
    """A unified code; bodies founded since October 2015 got codes that begin with MA."""
    if since >= date(2015, 10, 1):
        alphabet = USCC_ALPHABET.replace("X", "")
        inner = "MA" + "".join(rng.choice(alphabet) for _ in range(6))
    else:
        inner = f"{rng.randrange(10_000_000, 79_999_999)}"
    body = f"9{category}{region}{inner}{organisation_check(inner)}"
    return body + uscc_check(body)


def registration_number(rng: Random, region: str) -> str:
    """15 digits of a licence before the unified code, with the ISO 7064 MOD 11,10 check digit."""
    body = f"{region}{rng.randrange(200_000, 99_999_999):08d}"
    state = 10
    for digit in body:
        state = ((state + int(digit)) % 10 or 10) * 2 % 11
    return body + str((11 - state) % 10)


def card_number(rng: Random, prefix: str, length: int = 19) -> str:
    """A bank card number with its Luhn digit."""
    body = prefix + "".join(str(rng.randrange(10)) for _ in range(length - len(prefix) - 1))
    doubled = (int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body)))
    return body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


# --- days ------------------------------------------------------------------------------------------------------------


def day_between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def add_years(day: date, years: int) -> date:
    """The same day years later; 29 February becomes the 28th where there is none."""
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


def age_on(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def card_years(age: int) -> int | None:
    """Validity of a card issued at this age (居民身份证法 5); None: long-term."""
    return 5 if age < 16 else 10 if age < 26 else 20 if age < 46 else None


def _card_dates(rng: Random, birth: date) -> tuple[date, date | None]:
    """Issue and end of a card that is valid for at least half a year from `AS_OF`."""
    while True:
        issued = day_between(rng, max(date(2005, 6, 1), add_years(birth, 16)), AS_OF - timedelta(days=40))
        years = card_years(age_on(birth, issued))
        until = None if years is None else add_years(issued, years)
        if until is None or until > AS_OF + timedelta(days=180):
            return issued, until


# --- people ----------------------------------------------------------------------------------------------------------


def _given(rng: Random, sex: Sex) -> str:
    pool = words.GIVEN_MALE if sex == "男" else words.GIVEN_FEMALE
    first = rng.choice(words.GIVEN_RARE) if rng.random() < 0.15 else rng.choice(pool)
    return first if rng.random() < 0.35 else first + rng.choice(pool)


def name(rng: Random, sex: Sex) -> str:
    surname = rng.choice(words.COMPOUND_SURNAMES) if rng.random() < 0.06 else rng.choice(words.SURNAMES)
    return surname + _given(rng, sex)


def phone(rng: Random) -> str:
    return rng.choice(("138", "139", "136", "150", "158", "186", "189", "177")) + f"{rng.randrange(10**8):08d}"


def landline(rng: Random, region: Region) -> str:
    area = {"11": "010", "31": "021", "12": "022", "50": "023", "44": "020", "51": "028", "61": "029"}
    code = area.get(region.code[:2], f"0{rng.randrange(371, 599)}")
    digits = 7 if len(code) == 3 else 6
    return f"{code}-{rng.randrange(6, 9)}{rng.randrange(10**digits):0{digits}d}"


def home_address(rng: Random, region: Region) -> str:
    """A printed home address, 12 to 40 characters: town flats mostly, villages for counties and sometimes elsewhere."""
    # Cards name a county-level city without the prefecture-level city above it.
    below = region.province + ("" if region.district.endswith("市") and region.city.endswith("市") else region.city)
    if region.district.endswith("县") or rng.random() < 0.15:
        village = f"{rng.choice(words.TOWNS)}{rng.choice(words.VILLAGES)}{rng.randrange(1, 13)}组{rng.randrange(1, 200)}号"
        return below + region.district + village
    street = f"{rng.choice(words.STREETS)}{rng.randrange(1, 400)}号"
    estate = rng.choice(("", rng.choice(words.ESTATES)))
    house = rng.choice(
        (
            f"{rng.randrange(1, 40)}幢{rng.randrange(1, 4)}单元{rng.randrange(1, 34)}-{rng.randrange(1, 9)}",
            f"{rng.randrange(1, 30)}号楼{rng.randrange(101, 2904)}室",
            f"{rng.randrange(1, 30)}栋{rng.randrange(1, 5)}单元{rng.randrange(1, 30)}层{rng.randrange(1, 9)}号",
            "",
        )
    )
    return below + region.district + street + estate + house


def _police(region: Region) -> str:
    if region.district.endswith(("县", "市")):
        return f"{region.district}公安局"
    city = region.city or region.province
    return f"{city}公安局{region.district if len(region.district) < 3 else region.district.removesuffix('区')}分局"


def person(rng: Random, sex: Sex | None = None, born: tuple[int, int] = (1961, 2003), minority: bool | None = None) -> Person:
    """An adult with a valid card. `born`: first and last year; `minority` None: one in twelve."""
    chosen = rng.choice(SEXES) if sex is None else sex
    ethnicity, region = "汉", rng.choice(words.REGIONS)
    called = name(rng, chosen)
    if minority or (minority is None and rng.random() < 1 / 12):
        ethnicity = rng.choice(sorted(words.MINORITY_REGIONS))
        region = rng.choice(words.MINORITY_REGIONS[ethnicity])
        if ethnicity in words.MINORITY_NAMES:
            called = rng.choice(words.MINORITY_NAMES[ethnicity].split())
            chosen = "女" if called in words.FEMALE_MINORITY else "男"
    birth = day_between(rng, date(born[0], 1, 1), date(born[1], 12, 31))
    issued, until = _card_dates(rng, birth)
    number = id_number(rng, region.code, birth, chosen)
    home = home_address(rng, region)
    return Person(called, chosen, ethnicity, birth, number, home, _police(region), issued, until, phone(rng), region)


def couple(rng: Random, born: tuple[int, int] = (1970, 1998)) -> Couple:
    """Two people of about one age, at one address in four of five cases, and their marriage certificate."""
    one = person(rng, born=born)
    other = person(rng, "女" if one.sex == "男" else "男", (one.birth.year - 3, one.birth.year + 3), minority=False)
    if rng.random() < 0.8:
        other = replace(other, address=one.address)
    earliest = add_years(max(one.birth, other.birth), 22)
    registered = day_between(rng, earliest, min(add_years(earliest, 12), AS_OF - timedelta(days=60)))
    number = f"J{one.region.code}-{registered.year}-{rng.randrange(1, 19_999):06d}"
    return Couple(one, other, registered, number, f"{one.region.full}民政局")


# --- companies -------------------------------------------------------------------------------------------------------

TYPES: dict[Kind, tuple[str, ...]] = {
    "company": (
        "有限责任公司",
        "有限责任公司(自然人独资)",
        "有限责任公司（自然人投资或控股）",
        "有限责任公司（法人独资）",
    ),
    "individual": ("个体工商户",),
    "sole_owner": ("个人独资企业",),
    "partnership": ("有限合伙企业", "普通合伙企业"),
    "branch": ("有限责任公司分公司（自然人投资或控股）", "分公司"),
}


def _company_name(rng: Random, kind: Kind, region: Region) -> str:
    place = (region.city or region.province).removesuffix("市")
    brand, trade = rng.choice(words.BRANDS), rng.choice(sorted(words.TRADES))
    if kind == "individual":
        return f"{region.full[len(region.province) :] or region.district}{brand}{rng.choice(words.SHOP_TRADES)}"
    if kind == "sole_owner":
        return f"{place}{brand}{trade}{rng.choice(('中心', '经营部', '厂'))}"
    if kind == "partnership":
        return f"{place}{brand}{trade}合伙企业（{'有限' if rng.random() < 0.8 else '普通'}合伙）"
    full = (
        f"{brand}（{place}）{trade}有限公司"
        if rng.random() < 0.15
        else f"{place}{brand}{trade}有限{rng.choice(('公司', '公司', '责任公司'))}"
    )
    return f"{full}{region.district}分公司" if kind == "branch" else full


def _business_address(rng: Random, region: Region) -> str:
    street = f"{region.full}{rng.choice(words.STREETS)}{rng.randrange(1, 300)}号"
    return street + rng.choice(
        (
            f"{rng.choice('ABCD')}座{rng.randrange(3, 30)}楼{rng.randrange(301, 2999)}室",
            f"附{rng.randrange(1, 40)}号",
            f"{rng.randrange(1, 12)}幢{rng.randrange(1, 30)}-{rng.randrange(1, 12)}",
            f"产业园{rng.randrange(1, 9)}号楼{rng.randrange(1, 6)}层（自主承诺）",
            "",
        )
    )


def _authority(rng: Random, region: Region, issued: date) -> str:
    if issued < date(2018, 11, 1):
        return (
            f"{region.full.removeprefix(region.province) or region.full}工商行政管理局" if region.city else f"{region.full}工商行政管理局"
        )
    body = rng.choice(("市场监督管理局", "市场监督管理局", "市场监督管理局", "行政审批局"))
    return (region.full if not region.city else region.city + region.district) + body


def company(
    rng: Random,
    kind: Kind = "company",
    representative: str | None = None,
    founded: tuple[int, int] = (2004, 2023),
    region: Region | None = None,
) -> Company:
    """A company whose licence was issued on or after its founding and is valid on `AS_OF`."""
    region = region or rng.choice(words.REGIONS)
    since = day_between(rng, date(founded[0], 1, 5), date(founded[1], 12, 20))
    issued = since if rng.random() < 0.4 else day_between(rng, since, AS_OF - timedelta(days=30))
    if issued < date(2015, 10, 1):  # the unified code came then: older licences were exchanged
        issued = day_between(rng, date(2015, 11, 1), AS_OF - timedelta(days=30))
    called = _company_name(rng, kind, region)
    scope = next((text for trade, text in words.TRADES.items() if trade in called), rng.choice(sorted(words.TRADES.values())))
    until = None if kind == "individual" or rng.random() < 0.6 else add_years(since, rng.choice((30, 30, 50))) - timedelta(days=1)
    if until and rng.random() < 0.3:
        until += timedelta(days=1)
    capital = rng.choice((10, 30, 50, 100, 200, 300, 500, 800, 1000, 1600, 2000, 5000, 12800)) * 10_000
    kind_of = rng.choice(TYPES[kind])
    if kind == "partnership":
        kind_of = "有限合伙企业" if "有限合伙" in called else "普通合伙企业"
    return Company(
        kind=kind,
        name=called,
        uscc=uscc(rng, region.code, "2" if kind == "individual" else "1", since),
        registration_number=registration_number(rng, region.code),
        type=kind_of,
        representative=representative or name(rng, rng.choice(("男", "女"))),
        capital=0 if kind in ("individual", "branch") else capital,
        established_on=since,
        term_from=since,
        term_until=until,
        address=_business_address(rng, region),
        scope=scope + rng.choice(words.SCOPE_TAIL),
        authority=_authority(rng, region, issued),
        issued_on=issued,
        phone=landline(rng, region),
        region=region,
    )


def account(rng: Random, corporate: bool = False) -> Account:
    """A personal card, or a company's account number (17 to 20 digits without a Luhn digit)."""
    bank = rng.choice(words.BANKS)
    place = rng.choice(words.REGIONS)
    branch = f"{bank}{(place.city or place.province).removesuffix('市')}{place.district}支行"
    if corporate:
        return Account(bank, branch, f"{rng.randrange(10**8, 10**9)}{rng.randrange(10 ** rng.choice((8, 9, 10))):09d}")
    return Account(bank, branch, card_number(rng, words.CARD_PREFIX[bank], 16 if bank == "招商银行" else 19))
