"""Lost bytes, wrong encodings, readings and script: what one step alone can be asked."""

from __future__ import annotations

from random import Random

import pytest
from opencc import OpenCC

from pipeline.normalize import normalize
from pipeline.normalize.alignment import edited
from pipeline.normalize.charmodel import UNKNOWN, DocumentModel, decode, encode, load
from pipeline.normalize.lost_bytes import MIN_CONFIDENCE, mend_lost_bytes
from pipeline.normalize.mojibake import mend_mojibake
from pipeline.normalize.noise import KINDS
from pipeline.normalize.pinyin import readings, remove_pinyin, without_tone
from pipeline.normalize.script import script_of, to_simplified

TEXT = "各级党委和政府要加强组织领导，落实工作责任，切实把各项防控措施抓紧抓实抓细，坚决打赢疫情防控阻击战。"
TRADITIONAL = (
    "各級黨委和政府要加強組織領導,,落實工作責任,,切實把各項防控措施抓緊抓實抓細,,堅決打贏疫情防控阻擊戰,。"
)


def lose(text: str, char: str, byte: int, mark: str = "?") -> str:
    at = len(text[: text.index(char)].encode("gb18030")) + byte
    data = text.encode("gb18030")
    return (data[:at] + data[at + 1 :]).decode("gbk", "replace").replace("\ufffd", mark)


@pytest.mark.parametrize("mark", ["?", "\ufffd"])
@pytest.mark.parametrize("char", ["組", "領", "責", "擊", "措", "緊"])
def test_a_lost_lead_byte_of_traditional_text_is_restored(char: str, mark: str) -> None:
    damaged = lose(TRADITIONAL, char, 0, mark)
    assert damaged != TRADITIONAL
    assert to_simplified(edited(damaged, mend_lost_bytes)) == to_simplified(TRADITIONAL)


@pytest.mark.parametrize("char", ["组", "责", "疫", "情"])
def test_a_lost_lead_byte_of_simplified_text_is_restored(char: str) -> None:
    assert edited(lose(TEXT, char, 0), mend_lost_bytes) == TEXT


def test_a_reading_behind_the_damage_is_evidence() -> None:
    damaged = "醫護人員要勇挑重?fù)?dān)、迎難而上,,在醫療救護、科研攻關等崗位發揮作用,,要表?yè)P(yáng)先進"
    mended = edited(damaged, mend_lost_bytes)
    assert "重担、迎" in mended
    assert "要表扬(yáng)先進" in mended


def test_what_nothing_explains_is_left_and_logged() -> None:
    text = "關於做好防汛工作的通知,,由?,,負責,,聯絡人?,,電話"
    edits = list(mend_lost_bytes(text))
    assert all(0 <= e.confidence <= 1 for e in edits)
    left = [e for e in edits if text[e.start : e.end] == e.replacement]
    assert all(text[e.start : e.end] == "?" for e in left)


def test_a_letter_that_stands_once_in_a_scraped_text_is_a_byte_and_one_that_returns_is_a_letter() -> None:
    scraped = f"各級(jí)黨(dǎng)委要加強(qiáng)領(lǐng)導(dǎo),,{TRADITIONAL}"
    assert "內设監事會" in edited(f"{scraped}經理層、內O監事會,。", mend_lost_bytes)
    grades = f"{scraped}推行1+X證書制度,,X證書由學校頒發,,X證書試點"
    assert edited(grades, mend_lost_bytes).count("X") == 3


@pytest.mark.parametrize("n", [3, 60])
def test_every_byte_that_could_not_be_decoded_is_mended_or_logged(n: int) -> None:
    text = (TEXT.replace("各项", "\ufffd\ufffd各项") * n).replace("责任", "\ufffd任")
    edits = list(mend_lost_bytes(text))
    covered = {k for e in edits for k in range(e.start, e.end)}
    assert all(k in covered for k, char in enumerate(text) if char == "\ufffd")
    assert all(e.confidence < 1 for e in edits)


def test_a_mark_whose_partner_stands_in_the_line_is_preferred() -> None:
    text = "（此件公开发布）\n" + TEXT
    assert edited(lose(text, "布", 0), mend_lost_bytes) == text


def test_unusual_forms_are_not_what_a_byte_is_completed_to() -> None:
    from pipeline.normalize.gbk import ANY, SECONDARY, Alphabet

    model = load()
    lead, trail = "髮".encode("gbk")
    ids, weights = Alphabet("hant", frozenset()).options(ANY, trail)
    assert dict(zip(ids.tolist(), weights.tolist(), strict=True))[model.id_of("发")] == SECONDARY
    lead, trail = "敎".encode("gbk")
    assert Alphabet("hant", frozenset()).id_of(lead, trail) is None
    assert Alphabet("hant", frozenset("敎")).id_of(lead, trail) == model.id_of("教")


def test_a_text_full_of_question_marks_is_not_searched() -> None:
    assert list(mend_lost_bytes("為什麼?" * 5000)) == []


@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "cp1252"])
def test_utf8_in_another_encoding_is_read_anew(encoding: str) -> None:
    text = "关于做好防汛工作的通知"
    misread = (
        text.encode().decode(encoding, "replace")
        if encoding == "gbk"
        else text.encode().decode("sloppy-windows-1252")
    )
    assert edited(misread, mend_mojibake) == text


def test_gbk_read_as_latin_is_read_anew() -> None:
    assert edited("中共中央办公厅".encode("gbk").decode("latin-1"), mend_mojibake) == "中共中央办公厅"


@pytest.mark.parametrize("text", ["关于café和naïve的说明", "Ångström（Å）", "×÷·°±", "Müller教授"])
def test_accents_that_are_meant_stay(text: str) -> None:
    assert edited(text, mend_mojibake) == text


@pytest.mark.parametrize(
    "text",
    [
        "各级党委（党组）要",
        "乡镇（街道）、村（社区）",
        "标准（GB 50180）",
        "（ppp）项目",
        "互联网+（plus）",
        "亳（bó）州市、莘（shēn）县",
    ],
)
def test_true_parentheses_stay(text: str) -> None:
    assert edited(text, remove_pinyin) == text


def test_broken_readings_go_where_readings_are_many() -> None:
    text = "關(guān)于做好領(lǐng)導(dǎo)工作,,落實(shí)責任zé),,堅(jiān決"
    assert edited(text, remove_pinyin) == "關于做好領導工作,,落實責任zé),,堅決"


def test_readings_cover_the_characters_of_gb2312() -> None:
    assert len(readings()) > 6700
    assert "guān" in readings()["关"]
    assert {without_tone(r) for r in readings()["重"]} >= {"zhong", "chong"}


@pytest.mark.parametrize("standard", ["s2t", "s2tw", "s2hk"])
def test_words_of_official_texts_come_back_from_every_standard(standard: str) -> None:
    words = "批复 复函 答复 反复 覆盖 包干 干部 干旱 后勤 皇后 里程 公里 征求 特征 着力 显著 著作 瞭望 了解 坐标 规划 计划 台风 平台 发布 头发 面条 方面 制造 制度 准备 批准 余额 其余 钟点 一见钟情 借助 凭借 抬高 周边 一周 丰富 汇报 词汇 系统 联系 关系 松动 价值 只有 船只 采取 采购 托管 委托 布置 分布 志愿 标志 表示 手表 注册 注意 占用 占卜 并且 合并 秘书 克服 斗争 漏斗 曲线 歌曲 舍弃 宿舍 须知 胡须 御寒 防御 云南 咸宁 姜堰 范围 沈阳 深沉"
    assert to_simplified(OpenCC(standard).convert(words)) == words


def test_scripts_are_told_apart() -> None:
    assert script_of(TEXT) == "hans"
    assert script_of(TRADITIONAL) == "hant"
    assert script_of(f"{TEXT}\n{TRADITIONAL}") == "mixed"
    assert script_of("") == "hans"


def test_the_model_file_keeps_keys_and_nearly_the_counts() -> None:
    import numpy as np

    model = decode(encode("\0\n甲乙", np.array([0.0, 5, 3, 2]), {2 * 4 + 3: 2.0}, {(1 * 4 + 2) * 4 + 3: 1.0}))
    followers, counts, total = model.after_two(1, 2)
    assert followers.tolist() == [3]
    assert counts[0] == pytest.approx(1.0, rel=0.13)
    assert total == counts.sum()
    assert model.id_of("丙") == UNKNOWN


def test_probabilities_sum_to_one() -> None:
    import numpy as np

    model = DocumentModel(load(), TEXT)
    ids = np.arange(model.model.n_chars)
    a, b = load().ids("组织").tolist()
    assert np.exp(model.log_probabilities(a, b, ids)).sum() == pytest.approx(1.0, abs=1e-6)
    c = load().id_of("领")
    assert model.log_probability(a, b, c) == pytest.approx(float(model.log_probabilities(a, b, ids)[c]))


@pytest.mark.parametrize("kind", KINDS)
def test_noise_depends_on_its_seed_alone(kind: str) -> None:
    text = f"关于做好工作的通知\n各县：\n一、总体要求\n{TEXT * 4}"
    made = [KINDS[kind](text, 1, Random(7)) for _ in range(2)]
    assert made[0] == made[1]
    assert all(0 <= start < end <= len(text) for start, end in made[0].lost)


@pytest.mark.parametrize("text", ["各鄉鎮要在?日前報縣政府,,由縣政府負責", "按照第?條的規定,,各級要認真執行"])
def test_a_number_is_not_guessed(text: str) -> None:
    assert "?" in edited(text, mend_lost_bytes)


def test_a_mend_has_the_confidence_of_the_pass_that_made_it() -> None:
    made = normalize("關於做好防汛工作的通知,,由?,,負責,,聯絡人?,,電話\n\u200b負責人")
    for change in made.changes:
        if (
            change.kind == "lost_byte"
            and made.raw_text[change.raw_start : change.raw_end] != (made.text[change.start : change.end])
        ):
            assert change.confidence >= MIN_CONFIDENCE
