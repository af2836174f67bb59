"""Sheets of the three statements set by hand, as a reader would give them; a few whole forms to take from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.documents import balance_sheet
from extractors.model import Field, Line, Sheet, Source
from tests.ledger_pages import line, width_of

Cells = Sequence[str]
WIDTH = 800.0

# x of the columns: l(eft edge), r(ight edge), c(entre).
ONE = ("l40", "c330", "r560", "r720")
TWO = ("l30", "c165", "r270", "r370", "l400", "c535", "r640", "r760")
FOUR = ("l30", "c250", "r390", "r510", "r630", "r750")


def sheet(
    heading: Sequence[Cells],
    columns: Sequence[str],
    rows: Sequence[Cells],
    *,
    page: int = 1,
    source: Source = "ocr",
    confidence: float = 0.99,
    pitch: float = 16.0,
    foot: Sequence[str] = ("单位负责人：张三", "制表人：李四"),
) -> Sheet:
    """A page: heading rows of one to three texts (left, middle, right), then rows in the columns, wrapped cells by newline."""
    lines: list[Line] = []
    y = 20.0
    for texts in heading:
        places = ("c400",) if len(texts) == 1 else ("l40", "c400", "r760")[: len(texts)] if len(texts) < 3 else ("l40", "c400", "r760")
        lines += [set_line(text, place, y, source, confidence) for text, place in zip(texts, places, strict=True) if text]
        y += pitch
    for row in rows:
        height = max((text.count("\n") for text in row), default=0)
        for text, place in zip(row, columns, strict=False):
            parts = text.split("\n")
            for n, part in enumerate(parts):
                at = y + n * 12 + (0 if len(parts) > 1 else height * 6)
                if part:
                    lines.append(set_line(part, place, at, source, confidence))
        y += pitch + height * 12
    for n, text in enumerate(foot):
        lines.append(set_line(text, "l40" if n == 0 else "c500", y + 20, source, confidence))
    to_page = (1 / WIDTH, 0, 0, 0, 1 / 1200, 0, 0, 0, 1)
    return Sheet("a.pdf", page, 0, WIDTH, 1200, to_page, tuple(lines), source=source)


def set_line(text: str, place: str, y: float, source: Source, confidence: float) -> Line:
    x = float(place[1:])
    left = {"l": x, "r": x - width_of(text), "c": x - width_of(text) / 2}[place[0]]
    return line(text, left, y, source=source, confidence=confidence)


def spoiled(page: Sheet, printed: str, confidence: float, text: str = "") -> Sheet:
    """The page with a line read less surely, or otherwise."""
    lines = [
        replace(each, text=text or each.text, confidence=confidence, confidences=(), edges=())
        if each.text == printed
        else each
        for each in page.lines
    ]
    return replace(page, lines=tuple(lines))


def balance(*pages: Sheet) -> dict[str, Field]:
    return dict(balance_sheet.TYPE.extract(pages))


def values(fields: dict[str, Field]) -> dict[str, str]:
    return {name: field.text for name, field in fields.items()}


HEADING = (("资 产 负 债 表",), ("编制单位：重庆示例科技有限公司", "2024年12月31日", "单位：元"))


BALANCE = (
    ("资  产", "行次", "年初数", "期末数", "负债和所有者权益", "行次", "年初数", "期末数"),
    ("流动资产：", "", "", "", "流动负债：", "", "", ""),
    ("货币资金", "1", "10.00", "1,110.00", "短期借款", "68", "100.00", "200.00"),
    ("应收帐款", "4", "20.00", "1,220.00", "应付帐款", "70", "40.00", "50.00"),
    ("预付账款", "5", "", "30.00", "预收账款", "71", "-", "60.00"),
    ("流动资产合计", "31", "30.00", "2,360.00", "流动负债合计", "100", "140.00", "310.00"),
    ("固定资产净值", "41", "500.00", "600.00", "长期借款", "101", "", "—"),
    ("固定资产净额", "43", "480.00", "580.00", "负债合计", "114", "140.00", "310.00"),
    ("非流动资产合计", "60", "480.00", "580.00", "实收资本（或股本）", "115", "300.00", "2,000.00"),
    ("", "", "", "", "未分配利润", "121", "70.00", "630.00"),
    ("", "", "", "", "所有者权益（或股东\n权益）合计", "122", "370.00", "2,630.00"),
    ("资产总计", "67", "510.00", "2,940.00", "负债和所有者权益（或股\n东权益）总计", "135", "510.00", "2,940.00"),
)


GROUP_HEADING = (("合并及母公司资产负债表",), ("重庆示例股份有限公司", "2024年12月31日", "单位：人民币千元"))


GROUP = (
    ("", "", "2024年12月31日", "2024年12月31日", "2023年12月31日", "2023年12月31日"),
    ("项目", "附注", "合并", "母公司", "合并", "母公司"),
    ("流动资产：", "", "", "", "", ""),
    ("货币资金", "七、1", "1,234,567", "11", "2,234,567", "12"),
    ("应收账款", "七、2", "(321)", "22", "100", "23"),
    ("流动资产合计", "", "1,234,246", "33", "2,234,667", "35"),
    ("资产总计", "", "1,234,246", "33", "2,234,667", "35"),
)


INCOME = (
    ("项  目", "行次", "本月数", "本年累计数"),
    ("一、主营业务收入", "1", "1,000.00", "9,000.00"),
    ("减：主营业务成本", "4", "600.00", "5,400.00"),
    ("主营业务税金及附加", "5", "10.00", "90.00"),
    ("减：营业费用", "14", "1.00", "9.00"),
    ("管理费用", "15", "89.00", "801.00"),
    ("财务费用", "16", "-5.00", "(45.00)"),
    ("三、营业利润（亏损以“－”号填列）", "18", "305.00", "2,745.00"),
    ("加：投资收益（损失以“－”号填列）", "19", "", "△ 45.00"),
    ("四、利润总额（亏损总额以“－”号填列）", "27", "305.00", "2,700.00"),
    ("减：所得税", "28", "76.25", "675.00"),
    ("五、净利润（净亏损以“－”号填列）", "30", "228.75", "2,025.00"),
)


CASH = (
    ("项目", "附注", "本期金额", "上期金额"),
    ("一、经营活动产生的现金流量：", "", "", ""),
    ("销售商品、提供劳务收到的现金", "", "1,000,000.00", "900,000.00"),
    ("经营活动现金流入小计", "", "1,000,000.00", "900,000.00"),
    ("购买商品、接受劳务支付的现金", "", "400,000.00", "500,000.00"),
    ("经营活动现金流出小计", "", "400,000.00", "500,000.00"),
    ("经营活动产生的现金流量净额", "", "600,000.00", "400,000.00"),
    ("二、投资活动产生的现金流量：", "", "", ""),
    ("处置固定资产、无形资产和其他长\n期资产收回的现金净额", "", "20,000.00", "10,000.00"),
    ("购建固定资产、无形资产和其他\n长期资产支付的现金", "", "120,000.00", "10,000.00"),
    ("投资活动产生的现金流量净额", "", "-100,000.00", "-"),
    ("四、汇率变动对现金及现金等价\n物的影响", "", "", ""),
    ("五、现金及现金等价物净增加额", "", "500,000.00", "400,000.00"),
    ("加：期初现金及现金等价物余额", "", "600,000.00", "200,000.00"),
    ("六、期末现金及现金等价物余额", "", "1,100,000.00", "600,000.00"),
)


CASH_HEADING = (("现金流量表",), ("编制单位：示例有限公司", "2024年度", "单位：元"))
