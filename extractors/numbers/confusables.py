"""Characters that a reader of pictures takes for each other.

Only twins: a dot, a hook, the length or the protrusion of one stroke, or two forms of one character. What merely
resembles (伟 玮, 杨 扬, 微 薇, 江 汪, 李 季) is left out on purpose: people bear such names, so the difference is real.
"""

from __future__ import annotations

from functools import cache

_TWINS = (
    "0OoD〇○ 1Il| 2Zz 5Ss 8B 6bG 一-—– 己已巳 未末 日曰目 土士 人入八 戊戌戍 侯候 王玉 大太犬 天夭 千干于 午牛"
    " 田由 甲申 师帅 免兔 乌鸟 今令 代伐 亨享 宇字 晴睛 折拆 斤斥 风凤 兵乒 勾匀勺 昊吴 晓哓 薄簿 蓝篮 菜莱 藉籍"
    " 荻获 祎袆 治冶 准淮 冼洗 沈沉 住往 待侍 佰伯 析折 圆园 拔拨 刀力刁 颖颍颕 倩债 沐沭 汩汨 壶壸 茶荼 亳毫"
    " 栗粟 赢羸 卯卵 爪瓜 鸣呜 竞竟 辩辨 戴载 酒洒 丐丏 幢撞 栋拣 侯矦 口囗 厂广 卞下 间问"
)
_FORMS = (
    "寧甯宁 劉刘 張张 陳陈 楊杨 趙赵 黃黄 吳吴 孫孙 馬马 鄭郑 羅罗 謝谢 許许 馮冯 鄧邓 蕭萧 葉叶 呂吕 蘇苏 蔣蒋"
    " 盧卢 賈贾 鐘鍾钟 薑姜 範范 陸陆 韋韦 鄒邹 閆闫 閻阎 賴赖 龔龚 龍龙 萬万 錢钱 湯汤 顧顾 賀贺 嚴严 溫温 蘭兰"
    " 齊齐 莊庄 顏颜 劍剑 傑杰 偉伟 華华 國国 強强 軍军 麗丽 艷豔艳 靜静 潔洁 雲云 鳳凤 蓮莲 貴贵 賢贤 紅红 輝辉"
    " 飛飞 鵬鹏 東东 風风 亞亚 爾尔 達达 義义 禮礼 會会 廣广 長长 門门 鋼钢 鐵铁 銀银 業业 產产 電电 車车 運运"
    " 實实 資资 財财 貿贸 責责 區区 縣县 鄉乡 鎮镇 號号 樓楼 單单 慶庆 陽阳 濱滨 灣湾 園园 學学 書书 彥彦 淸清"
    " 靑青 戶户 眞真 啟啓启 峯峰 裏裡里 衆眾众 為爲为 與与 後后 興兴 億亿 圓圆 貳贰 參叁"
)


@cache
def _groups(table: str) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for index, group in enumerate(table.split()):
        for character in group:
            found.setdefault(character, set()).add(index)
    return {character: frozenset(indices) for character, indices in found.items()}


def _share_group(table: str, a: str, b: str) -> bool:
    groups = _groups(table)
    return bool(groups.get(a, frozenset()) & groups.get(b, frozenset()))


def forms(a: str, b: str) -> bool:
    """Whether two characters are forms of one: case, traditional and simplified.

    >>> forms("劉", "刘"), forms("a", "A"), forms("己", "已")
    (True, True, False)
    """
    return a.upper() == b.upper() or _share_group(_FORMS, a, b)


def twins(a: str, b: str) -> bool:
    """Whether two characters can be one character read twice.

    >>> twins("己", "已"), twins("O", "0"), twins("劉", "刘"), twins("伟", "玮"), twins("江", "汪")
    (True, True, True, False, False)
    """
    return forms(a, b) or _share_group(_TWINS, a, b)
