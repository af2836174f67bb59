"""What the QR code of a licence says: the address of the public register with the unified code in it, or the fields as text.

The code is printed by the registrar and read without error or not at all, but anybody can paste one: it supports a reading, it never
replaces one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from extractors.documents._fields import doubted, supported
from extractors.model import Code, Field, Sheet
from extractors.numbers import uscc
from extractors.numbers.text import company_same, normal, person

AGREED = 0.98
DISPUTED = 0.6
FROM_CODE = 0.95

_NAMES = {
    "统一社会信用代码": "uscc",
    "社会信用代码": "uscc",
    "注册号": "registration_number",
    "企业名称": "name",
    "名称": "name",
    "法定代表人": "legal_representative",
    "负责人": "legal_representative",
    "经营者": "legal_representative",
    "投资人": "legal_representative",
    "登记机关": "registration_authority",
}
_PAIR = re.compile(rf"(?P<label>{'|'.join(sorted(_NAMES, key=len, reverse=True))})[:=](?P<value>[^;\n,&]+)")
_CODE = re.compile(r"(?<![0-9A-Z])[1-9AY][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])")


def said(code: Code) -> dict[str, str]:
    """The fields that a code states, in the contract's form; {} for a code that states none."""
    text = unquote(code.text)
    plain = "\n".join(normal(line) for line in text.replace("；", ";").splitlines())
    stated = {_NAMES[m["label"]]: m["value"].strip() for m in _PAIR.finditer(plain)}
    if "uscc" not in stated:
        codes = [found for found in _CODE.findall(plain.upper()) if uscc.is_valid(found)]
        stated |= {"uscc": codes[0]} if len(codes) == 1 else {}
    return {name: person(value) if name == "legal_representative" else value for name, value in stated.items() if value}


def supported_by_code(sheet: Sheet, fields: Mapping[str, Field]) -> dict[str, Field]:
    """The fields, surer where a code says the same, doubtful where it says otherwise (with its words in `qr_text`), and
    those that only the code gave."""
    checked = dict(fields)
    for code in sheet.codes:
        for name, value in said(code).items():
            read = checked.get(name)
            if read is None or not read.value:
                checked[name] = Field(value, value, FROM_CODE, sheet.evidence(code.box), "qr")
            elif _same(name, read.text, value):
                checked[name] = supported(read, AGREED)
            else:
                checked[name] = doubted(read, DISPUTED)
                checked["qr_text"] = Field(normal(code.text), code.text, 1.0, sheet.evidence(code.box), "qr")
    return checked


def _same(name: str, read: str, stated: str) -> bool:
    if name in ("name", "registration_authority"):
        return company_same(read, stated) == "same"
    return normal(read).upper() == normal(stated).upper()
