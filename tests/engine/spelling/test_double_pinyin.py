"""Schemes of double pinyin: every syllable in every scheme, the user's own files, wrong files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine.conversion.converter import Converter, ConverterParts
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.spelling.double_pinyin import SCHEME_NAMES, SchemeError, load_scheme
from engine.spelling.options import SpellingError, SpellingOptions
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES
from engine.spelling.syllable_graph import SyllableGraph
from engine.spelling.table_builder import spelling_table
from resources import SCHEMES

# Of syllables that tell the schemes apart: iu, ang without initial, zh with uang, ing, er, lve, ei, yuan.
SAMPLES = """
xiaohe   liu lq ang ah zhuang vl xing xk er er lve lt ei ei yuan yr shuai uk chou iz wo wo lv lv
ziranma  liu lq ang ah zhuang vd xing xy er er lve lt ei ei yuan yr shuai uy chou ib wo wo lv lv
mspy     liu lq ang oh zhuang vd xing x; er or lve lv ei oz yuan yr shuai uy chou ib wo wo lv ly
sogou    liu lq ang oh zhuang vd xing x; er or lve lt ei oz yuan yr shuai uy chou ib wo wo lv ly
abc      liu lr ang oh zhuang at xing xy er or lve lm ei oq yuan yp shuai vc chou eb wo wo lv lv
ziguang  liu lj ang os zhuang ug xing x; er oj lve ln ei ok yuan yl shuai iy chou az wo wo lv lv
pyjj     liu ln ang ag zhuang vh xing xq er eq lve lx ei ew yuan yc shuai ix chou up wo wo lv lv
"""


@pytest.mark.parametrize("row", SAMPLES.strip().split("\n"), ids=lambda row: row.split()[0])
def test_what_tells_the_schemes_apart(row: str) -> None:
    name, *pairs = row.split()
    scheme = load_scheme(name)
    for syllable, code in zip(pairs[::2], pairs[1::2], strict=True):
        assert (syllable, scheme.code_of(syllable)) == (syllable, code)


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_syllable_is_typed_by_two_keys_of_its_own(name: str) -> None:
    scheme = load_scheme(name)
    assert scheme.codes.keys() == set(SYLLABLES)
    counts = Counter(code for codes in scheme.codes.values() for code in codes)
    assert {code for code, count in counts.items() if count > 1} == {"lo"}  # lo 咯 and luo 罗
    assert {len(code) for code in counts} == {2}


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_code_reads_as_its_syllable(name: str) -> None:
    scheme, table = load_scheme(name), spelling_table(SpellingOptions(scheme=name))
    codes = [(syllable, code) for syllable in SYLLABLES for code in scheme.codes[syllable]]
    assert len(codes) >= len(SYLLABLES)
    read = {code: SyllableGraph.of(code, table).whole_edges[2] for _, code in codes}
    wrong = [
        (syllable, code)
        for syllable, code in codes
        if SYLLABLE_INDEX[syllable] not in {edge.first_syllable for edge in read[code]}
    ]
    assert wrong == []


def test_every_file_of_the_folder_is_a_scheme() -> None:
    assert {path.stem for path in SCHEMES.glob("*.toml")} == set(SCHEME_NAMES)


def test_letters() -> None:
    assert [name for name in SCHEME_NAMES if SpellingOptions(scheme=name).letters == ";"] == [
        "mspy",
        "sogou",
        "ziguang",
    ]
    assert SpellingOptions().letters == SpellingOptions(scheme="xiaohe").letters == ""


@pytest.mark.parametrize(
    ("scheme", "keys", "text"),
    [
        ("xiaohe", "nihc", "你好"),
        ("xiaohe", "nihcuijp", "你好世界"),
        ("xiaohe", "nih", "你好"),  # an initial at the end
        ("xiaohe", "xian", "系安"),
        ("mspy", "nihk", "你好"),
        ("ziranma", "ni'hk", "你好"),
        ("pyjj", "nihdii", "你好是"),
        ("ziguang", "nihq", "你好"),
        ("abc", "nihk", "你好"),
        ("sogou", "nihkuijx", "你好世界"),
    ],
)
def test_typing(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, scheme: str, keys: str, text: str
) -> None:
    converter = Converter(
        ConverterParts(decoder, vocabulary, lexicon), spelling=SpellingOptions(scheme=scheme)
    )
    candidates = converter.convert(keys).candidates
    whole = [candidate.text for candidate in candidates if candidate.span == (0, len(keys))]
    assert text in whole[:5]


def test_an_initial_is_forced_where_no_final_follows() -> None:
    """No syllable of xiaohe is `ub`: the u stands for a syllable of sh, the b for one of b."""
    graph = SyllableGraph.of("niub", spelling_table(SpellingOptions(scheme="xiaohe")))
    (initial,) = graph.abbreviations[3]
    assert SYLLABLES[initial.first_syllable] == "sha"
    assert {SYLLABLES[edge.first_syllable] for edge in graph.unfinished_edges} == {"ba"}


OWN = """
name = "my own"
zero_initial = ["o"]
[initials]
zh = "v"
ch = "i"
sh = "u"
[finals]
"""


def write(folder: Path, text: str) -> str:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    load_scheme.cache_clear()
    return str(path)


def test_a_file_of_the_users_own(tmp_path: Path) -> None:
    text = (SCHEMES / "mspy.toml").read_text(encoding="utf-8") + '\n[syllables]\nxing = "xv"\n'
    scheme = load_scheme(write(tmp_path, f"\ufeff{text}"))  # as some editors write UTF-8
    assert scheme.codes["xing"] == ("xv", "x;")
    assert SpellingOptions(scheme=write(tmp_path, text)).letters == ";"


@pytest.mark.parametrize("keys", ['"va"', '"v a"', '["v", "a"]', '["va"]', '["v", "a", "v"]'])
def test_a_sound_with_several_keys_in_any_way_of_writing_them(tmp_path: Path, keys: str) -> None:
    text = (SCHEMES / "xiaohe.toml").read_text(encoding="utf-8")
    scheme = load_scheme(
        write(tmp_path, text.replace('zh = "v"', f"zh = {keys}").replace('"h"', '["h", "m"]'))
    )
    assert scheme.codes["zhang"] == ("vh", "vm", "ah", "am")
    assert scheme.codes["zhi"] == ("vi", "ai")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (OWN + "ai = []", r"for 'ai' in \[finals\], found \[\]"),
        (OWN + 'ai = ["a", 3]', r"for 'ai' in \[finals\], found \['a', 3\]"),
        (OWN + 'ai = "a,b"', r"for 'ai' in \[finals\], found 'a,b'"),
        ("name = ", "a scheme in TOML in .*own.toml, found something else"),
        (OWN, r"own.toml: expected a key for 'ai' in \[finals\], which ai needs, found none"),
        (OWN.replace("my own", ""), "expected a name, a text, found ''"),
        (OWN.replace('["o"]', '"o"'), "zero_initial, a list of .*, found 'o'"),
        (OWN.replace('["o"]', '["oo"]'), "or a key in zero_initial, found 'oo'"),
        (OWN.replace("zh =", "zz ="), r"sounds of pinyin in \[initials\], found 'zz'"),
        (OWN + "ai = 3", r"one key or several of a-z and ; for 'ai' in \[finals\], found 3"),
        (OWN + 'ai = "A"', "for 'ai' in"),
        (OWN + '[syllables]\nxing = "x"', r"two keys of a-z and ;, or a list .* for 'xing' .* found 'x'"),
        (OWN.replace("[finals]", "finals = 1"), r"expected sounds of pinyin in \[initials\], found 'finals'"),
        ("keys = 1", "expected name, zero_initial, initials, finals, syllables, found 'keys'"),
    ],
)
def test_wrong_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SchemeError, match=message):
        load_scheme(write(tmp_path, text))


@pytest.mark.parametrize("name", ["nosuch", "/nowhere/own.toml", "README.md"])
def test_an_unknown_scheme(name: str) -> None:
    with pytest.raises(SpellingError, match=f"expected a scheme of xiaohe, .* found '{name}'"):
        SpellingOptions(scheme=name)


def test_a_syllable_that_is_none() -> None:
    with pytest.raises(SchemeError, match="a syllable that 小鹤双拼 can type, found 'hm'"):
        load_scheme("xiaohe").code_of("hm")


@pytest.mark.parametrize(
    "text",
    [
        f"name = {'9' * 5000}",
        f"name = 0x{'f' * 5000}",
        f'name = "x"\n[finals]\nuai = 0x{"f" * 5000}',
        "name = " + "[" * 3000,
        "[" * 3000,
        "",
        "\x00",
    ],
    ids=range(7),
)
def test_a_hostile_scheme_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SchemeError) as raised:
        load_scheme(str(path))
    assert len(str(raised.value)) < 500


def test_the_home_of_nobody_is_one_sentence() -> None:
    with pytest.raises(SchemeError):
        load_scheme("~nobody-of-that-name/mine.toml")


def test_keys_in_full() -> None:
    xiaohe = load_scheme("xiaohe")
    assert [xiaohe.in_full(keys) for keys in ("vs", "hc", "ah", "v", "i", "zzz", "A", "")] == (
        ["zhong", "hao", "ang", "zh", "ch", "zzz", "A", ""]
    )
    assert {xiaohe.in_full("lo", reading) for reading in ("lo", "luo")} == {"lo", "luo"}
    for name in SCHEME_NAMES:
        scheme = load_scheme(name)
        for syllable, codes in scheme.codes.items():
            assert {scheme.in_full(code, syllable) for code in codes} == {syllable}
