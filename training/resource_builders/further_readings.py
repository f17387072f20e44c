"""Add words and readings that no list has to a lexicon: `python -m training readings`.

The table is the project's own: names of people and places whose hanzi do not say how they are read
(仇和 `qiu he`), and words that are read in two ways (粳米 `geng mi` and `jing mi`), in one of them by most
people but by no dictionary.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Final

from engine.lexicon.word_arrays import WordArrays, load_arrays, save_arrays
from training.resource_builders.lexicon import Syllables
from training.resource_builders.names import SECOND_SHARE, NamedReadings, lexicon_rows, merged

# Word, reading; a comma ends a row.
PEOPLE: Final[str] = """
陈省身 chen xing shen, 仇和 qiu he, 仇英 qiu ying, 仇保兴 qiu bao xing, 翟永明 zhai yong ming,
翟天临 zhai tian lin, 解缙 xie jin, 解珍 xie zhen, 解宝 xie bao, 解学恭 xie xue gong,
单依纯 shan yi chun, 查良铮 zha liang zheng, 区楚良 ou chu liang, 朴槿惠 piao jin hui,
朴正熙 piao zheng xi, 朴信惠 piao xin hui, 朴宝剑 piao bao jian, 朴灿烈 piao can lie, 盖聂 ge nie,
盖宽饶 ge kuan rao, 乐羊 yue yang, 乐羊子 yue yang zi, 员半千 yun ban qian, 种师中 chong shi zhong,
种世衡 chong shi heng, 逄先知 pang xian zhi, 召公 shao gong, 召公奭 shao gong shi, 祭仲 zhai zhong,
尉缭 wei liao, 尉缭子 wei liao zi, 隗嚣 wei xiao, 宓妃 fu fei, 甄宓 zhen fu, 甄宓 zhen mi,
牟其中 mou qi zhong, 谌龙 chen long, 谌贻琴 shen yi qin, 李适 li kuo, 洪适 hong kuo,
南宫适 nan gong kuo, 万俟卨 mo qi xie, 澹台灭明 tan tai mie ming, 冒顿 mo du, 金日磾 jin mi di,
阏氏 yan zhi, 伯嚭 bo pi, 夫差 fu chai, 范雎 fan ju, 唐雎 tang ju, 伍员 wu yun, 樊於期 fan wu ji,
审食其 shen yi ji, 嫪毐 lao ai, 赵衰 zhao cui, 重耳 chong er, 皋陶 gao yao, 曾参 zeng shen,
曹参 cao shen, 张郃 zhang he, 费祎 fei yi, 刘禅 liu shan, 岑参 cen shen, 米芾 mi fu, 阿骨打 a gu da,
陈寅恪 chen yin que, 契苾何力 qi bi he li, 冼星海 xian xing hai, 冼夫人 xian fu ren, 折可适 she ke shi,
佘赛花 she sai hua, 繁钦 po qin, 郭汜 guo si, 车胤 che yin, 皇甫嵩 huang fu song, 淳于髡 chun yu kun,
独孤求败 du gu qiu bai, 拓跋焘 tuo ba tao
"""
PLACES: Final[str] = """
大月氏 da yue zhi, 身毒 yuan du, 大宛 da yuan, 高句丽 gao gou li, 吐蕃 tu fan, 六合 lu he,
解州 xie zhou, 解州 hai zhou, 漾濞 yang bi, 莎车 suo che, 莎车县 suo che xian, 大栅栏 da shi lan,
浒浦 xu pu, 甪直 lu zhi, 氹仔 dang zai, 深水埗 shen shui bu, 葵涌 kui chong, 尖沙咀 jian sha zui,
栎阳 yue yang, 会稽 kuai ji, 会稽 hui ji, 莞城 guan cheng, 朝歌 zhao ge, 镐京 hao jing,
天姥山 tian mu shan, 曾厝垵 zeng cuo an, 筼筜湖 yun dang hu, 秘鲁 mi lu
"""
WORDS: Final[str] = """
粳米 geng mi, 粳稻 geng dao, 粳稻 jing dao, 召南 shao nan, 般若 bo re, 拓片 ta pian,
荨麻疹 qian ma zhen, 呆板 ai ban, 确凿 que zuo, 确凿 que zao, 血淋淋 xie lin lin, 芥蓝 gai lan,
芥菜 gai cai, 提防 ti fang, 龟裂 gui lie, 皲裂 jun lie, 骰子 shai zi, 薄饼 bo bing, 剥皮 bao pi,
咀嚼 ju jiao, 唱喏 chang re, 圈养 juan yang, 圈养 quan yang, 配角 pei jiao, 和面 huo mian, 和牌 hu pai,
扎啤 zha pi, 包扎 bao za, 倔强 jue qiang, 巷道 xiang dao, 恐吓 kong xia, 叨扰 dao rao, 叨唠 dao lao,
刹那 sha na, 隽永 jun yong, 隽秀 jun xiu, 隽语 juan yu, 仔肩 zi jian, 游说 you shuo, 说客 shui ke,
搪塞 tang sai, 扁舟 bian zhou, 屏除 bing chu, 屏息 ping xi, 湖泊 hu bo, 蚌壳 bang ke, 地壳 di ke,
甲壳 jia ke, 金蝉脱壳 jin chan tuo ke, 卡壳 ka ke, 关卡 guan qia, 卡脖子 ka bo zi, 发卡 fa qia
"""


def build_readings(options: argparse.Namespace) -> None:
    """Write the lexicon with the words and readings that it lacks. `options`: of the command line."""
    base = load_arrays(options.base)
    added = lacking(base)
    save_arrays(merged(base, added, 1.0), options.output)
    print(f"{len(added)} words and readings added to {len(base)}: {options.output}")


def lacking(base: WordArrays) -> NamedReadings:
    """Return the rows of the table that a lexicon lacks, with their shares of all its words.

    A further reading has a share of the word's, a new word that of the rarest one.
    """
    known: dict[str, float] = {}
    readings: set[tuple[str, Syllables]] = set()
    for text, reading, share in lexicon_rows(base):
        known[text] = max(known.get(text, 0.0), share)
        readings.add((text, reading))
    rarest = min(known.values(), default=1.0)
    return {
        (text, reading): max(SECOND_SHARE * known.get(text, 0.0), rarest)
        for text, reading in listed()
        if (text, reading) not in readings
    }


def listed() -> Iterator[tuple[str, Syllables]]:
    """Yield (hanzi, syllables) of each row of the table."""
    for row in ",".join((PEOPLE, PLACES, WORDS)).split(","):
        text, *reading = row.split()
        yield text, tuple(reading)
