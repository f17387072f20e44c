"""List the toneless pinyin syllables in their order.

A syllable's index in `SYLLABLES` is its identity everywhere. The list is sorted, so the syllables that begin
with the same letters are one contiguous range.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

# The readings of 通用规范汉字表 (2013) without tones, `v` for ü, less the vowelless
# interjections (m, ng, hng: 嗯 is `en`), plus five spoken ones: ei 诶, eng 鞥, rua 挼,
# tei 忒, zhei 这.
SYLLABLES: Final[tuple[str, ...]] = tuple(
    """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can
cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chuai chuan
chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di
dia dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen
feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo
ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian
jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou
ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie
lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian
miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin
ning niu nong nou nu nuan nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian piao pie pin
ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re
ren reng ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan
shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou
su suan sui sun suo ta tai tan tang tao te tei teng ti tian tiao tie ting tong tou tu tuan tui
tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu
xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze
zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan
zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
""".split()
)

SYLLABLE_INDEX: Final[dict[str, int]] = {syllable: i for i, syllable in enumerate(SYLLABLES)}

# Other spellings that people type for a syllable of the list.
ALIASES: Final[dict[str, str]] = {"lue": "lve", "nue": "nve"}

MAX_SYLLABLE_LENGTH: Final[int] = max(map(len, SYLLABLES))

# What stands for a syllable in an abbreviation; y and w, though no consonants, are typed like them.
INITIALS: Final[frozenset[str]] = frozenset("b p m f d t n l g k h j q x r z c s y w zh ch sh".split())
# Every way to write a syllable in full.
SPELLINGS: Final[dict[str, int]] = SYLLABLE_INDEX | {
    alias: SYLLABLE_INDEX[syllable] for alias, syllable in ALIASES.items()
}


def syllable_of(spelling: str) -> int | None:
    """Return the index of the syllable spelt exactly so (also `lue` and `nue`), or None."""
    return SPELLINGS.get(spelling)


def initial_of(syllable: str) -> str:
    """Return the initial that abbreviates a spelling, `zh` of `zhong`; the whole of one that has none."""
    return next((syllable[:length] for length in (2, 1) if syllable[:length] in INITIALS), syllable)


def syllables_with_prefix(letters: str) -> tuple[int, int]:
    """Return the half-open range [start, end) of the syllables whose spelling begins with `letters`.

    >>> [SYLLABLES[i] for i in range(*syllables_with_prefix("nv"))]
    ['nv', 'nve']
    """
    return bisect_left(SYLLABLES, letters), bisect_left(SYLLABLES, letters + "{")


NO_READING: Final[str] = "_"  # stands for the syllable of a character that has none
