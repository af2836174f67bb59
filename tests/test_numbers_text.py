"""Texts: the normal form is stable, and a real difference is never taken for a slip of the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numbers.text import address_same, company, company_same, normal, person, same

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


@given(st.text())
def test_normal_is_idempotent(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
    assert once == once.strip()


@given(st.text(), st.text())
def test_comparing_never_raises_and_is_symmetric(a: str, b: str) -> None:
    assert same(a, b) == same(b, a)
    assert company_same(a, b) == company_same(b, a)
    assert address_same(a, b) == address_same(b, a)


@given(HAN, st.integers(0, 11))
def test_layout_does_not_count(name: str, at: int) -> None:
    assert same(name, name[:at] + "　" + name[at:]) == "same"


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("住所：重庆市 渝北区", "住所:重庆市渝北区"),
        ("\ufeff重庆\u200b示例", "重庆示例"),
        ("重庆⻓江⻔业", "重庆长江门业"),
        ("⼀般项⽬", "一般项目"),
        ("No. 5  Road", "No. 5 Road"),
        ("15,000.00 元", "15,000.00元"),
        ("有限公司 （ 普通合伙 ）", "有限公司(普通合伙)"),
        ("张\n三", "张三"),
    ],
)
def test_normal(printed: str, expected: str) -> None:
    assert normal(printed) == expected


@pytest.mark.parametrize("dot", "·•‧∙⋅・･．.")
def test_every_middle_dot_of_a_name_is_one(dot: str) -> None:
    assert person(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("张伟", "张玮", "different"),
        ("杨洋", "扬洋", "different"),
        ("李微", "李薇", "different"),
        ("江涛", "汪涛", "different"),
        ("李军", "季军", "different"),
        ("陈晨", "陈辰", "different"),
        ("张三", "张三丰", "different"),
        ("张三", "三张", "different"),
        ("刘洋", "刘阳", "different"),
        ("已巳", "已已", "confusable"),
        ("侯春来", "候春来", "confusable"),
        ("劉偉", "刘伟", "confusable"),
        ("人未", "入末", "different"),
        ("劉德华", "刘德华", "confusable"),
        ("重庆第一建筑公司", "重庆第-建筑公司", "confusable"),
        ("", "张三", "different"),
    ],
)
def test_names(a: str, b: str, likeness: str) -> None:
    assert same(a, b) == likeness


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("重庆示例科技有限公司", "重庆示例科技有限公司 人力资源部", "same"),
        ("重庆示例(集团)有限公司", "重庆示例集团有限公司", "confusable"),
        ("重庆治金有限公司", "重庆冶金有限公司", "confusable"),
        ("重庆示例科技有限公司", "重庆示例科技股份有限公司", "different"),
        ("重庆示例科技有限公司", "重庆示例贸易有限公司", "different"),
        ("重庆示例科技有限公司", "四川示例科技有限公司", "different"),
        ("重庆示例科技有限责任公司", "重庆示例贸易有限公司", "different"),
        ("北京行政学院", "北京行政学院公章", "same"),
    ],
)
def test_companies(a: str, b: str, likeness: str) -> None:
    assert company_same(a, b) == likeness


def test_seal_words_are_taken_off_only_at_the_end_of_a_name() -> None:
    assert company("重庆财务咨询有限公司") == "重庆财务咨询有限公司"
    assert company("示例公司人事专用章") == "示例公司"
    assert company("人力资源部") == "人力资源部"


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("重庆市渝北区金山路18号", "渝北区金山路18号", "same"),
        ("重庆市渝北区金山路18号3幢1单元5-2", "重庆市渝北区金山路18号3栋1单元5-2", "same"),
        ("四川省成都市武侯区人民南路四段12号", "成都市武侯区人民南路四段12号", "same"),
        ("重庆市渝北区金山路18号三单元", "重庆市渝北区金山路18号3单元", "same"),
        ("重庆市渝北区金山路18号附5号", "重庆市渝北区金山路18号-5", "same"),
        ("四川省乐山市市中区县街1号", "乐山市市中区县街1号", "same"),
        ("重庆市渝北区龙溪街道金山路18号龙湖花园3幢5-2", "重庆市渝北区金山路18号3幢5-2", "same"),
        ("重庆市渝北区龙山街道龙山路158号天一桂湖13幢2-1", "重庆渝北区龙山路158号13-2-1", "same"),
        ("四川成都武侯区人民南路四段12号", "四川省成都市武侯区人民南路4段12号", "same"),
        ("重庆市万州区白岩路1号", "万州区白岩路1号", "same"),
        ("贵州省遵义市红花岗区中华路1号", "红花岗区中华路1号", "same"),
        ("贵州省遵义市红花岗区中华路1号", "贵州省遵义市汇川区中华路1号", "different"),
        ("南京路100号", "上海市黄浦区南京路100号", "unclear"),
        ("重庆市两江新区金山路18号", "重庆市渝北区金山路18号", "unclear"),
        ("重庆市渝北区金山路18号3幢1805室", "重庆市渝北区金山路18号3幢18-5", "unclear"),
        ("重庆市渝北区", "渝北区", "same"),
        ("重庆市两江新区金山路18号", "重庆市渝北区银河路18号", "different"),
        ("重庆市渝北区金山路18号", "重庆市江北区金山路18号", "different"),
        ("重庆市渝中区金山路18号", "重庆市南岸区金山路18号", "different"),
        ("杭州市余杭区世纪大道1号", "浙江省杭州市临平区世纪大道1号", "different"),
        ("重庆市渝北区金山路18号", "重庆市渝北区金山路19号", "different"),
        ("重庆市渝北区金山路18号", "重庆市渝北区银河路18号", "different"),
        ("重庆市渝北区金山路18号3幢5-2", "重庆市渝北区金山路18号3幢5-3", "different"),
        ("重庆市渝北区金山路18号3幢5-2", "重庆市渝北区金山路18号", "unclear"),
        ("人民路18号", "重庆市渝北区人民路18号", "unclear"),
        ("重庆市渝北区金山路B号", "重庆市渝北区金山路8号", "confusable"),
        ("重庆市渝中区大坪正街1号", "重庆市渝中区太坪正街1号", "confusable"),
    ],
)
def test_addresses(a: str, b: str, likeness: str) -> None:
    assert address_same(a, b) == likeness
