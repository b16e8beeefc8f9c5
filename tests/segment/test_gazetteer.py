import datetime

import pytest

from pipeline import assets
from pipeline.segment import gazetteer


def day(year):
    return datetime.date(year, 6, 1)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("福州市", "350100"),
        ("福州", "350100"),
        ("内蒙古", "150000"),
        ("黔西南州", "522300"),
        ("威宁县", "520526"),
        ("威宁自治县", "520526"),
        ("巴州", "652800"),
        ("巴州区", "511902"),
        ("沙县区", "350405"),
        ("浦东新区", "310115"),
        ("湘潭", "430300"),  # the city, not the county beside it
        ("河南", "410000"),  # the province, not a county of 青海
        ("吉林", None),  # the province or its city
        ("朝阳区", None),
        ("朝阳", None),
        ("城区", None),
        ("县", None),
        ("县人民政府", None),
        ("江滨市", None),
    ],
)
def test_a_name_finds_its_unit_or_none(name, code):
    unit = gazetteer.find(name)
    assert (unit.adcode if unit else None) == code


def test_context_settles_a_shared_name():
    assert gazetteer.find("朝阳区", within="110000").adcode == "110105"
    assert gazetteer.find("朝阳区", within="220100").adcode == "220104"
    assert gazetteer.find("朝阳区", within="350000") is None
    assert gazetteer.find("福州市", within="430000").adcode == "350100"


def test_a_renamed_unit_has_the_code_of_the_date():
    assert gazetteer.find("毕节市", day(2005)).adcode == "522401"
    assert gazetteer.find("毕节市", day(2015)).adcode == "520500"
    assert gazetteer.find("毕节市").adcode == "520500"
    assert gazetteer.find("重庆市", day(1990)).adcode == "510200"
    assert gazetteer.find("祁阳县", day(2019)).adcode == "431121"
    assert gazetteer.find("沾益县", day(2020)).adcode == "530328"  # named after its end


def test_a_code_has_the_names_of_its_time():
    assert gazetteer.lineage("520526").prefecture == "毕节市"
    assert gazetteer.lineage("522401", 2005) == gazetteer.Lineage("贵州省", "毕节地区", "毕节市")
    assert gazetteer.lineage("500115") == gazetteer.Lineage("重庆市", None, "长寿区")
    assert gazetteer.lineage("460001", 1990).prefecture is None
    assert gazetteer.lineage("999999") == gazetteer.Lineage(None, None, None)


def test_places_are_found_in_running_text():
    text = "依据《河南省大气污染防治条例》，结合太康县委、县政府和巴州区部署"
    assert [name for name, _ in gazetteer.places_in(text)] == ["河南省", "太康县", "巴州区"]


def test_townships_know_their_counties():
    assert gazetteer.township_counties("赛岐镇") == ("350981",)
    assert len(gazetteer.township_counties("马头镇")) > 1
    assert gazetteer.township_counties("茶园街道") == ("350111",)
    assert gazetteer.township_counties("无此镇") == ()


def test_the_table_holds_every_year_once():
    rows = assets.tsv("gazetteer/units.tsv")
    assert len(set(rows)) == len(rows)
    for code, name, first, last in rows:
        assert len(code) == 6
        assert name
        assert int(first or 1980) <= int(last or 9999)
    assert {code for code, *_ in rows if code.endswith("0000") and code < "70"} >= {"110000", "650000"}


def test_changes_are_in_the_table():
    listed = {(code, "start", first) for code, _, first, _ in assets.tsv("gazetteer/units.tsv")}
    listed |= {
        (code, "end", str(int(last) + 1)) for code, _, _, last in assets.tsv("gazetteer/units.tsv") if last
    }
    for code, event, year, _ in assets.tsv("gazetteer/changes.tsv"):
        assert (code, event, year) in listed


def test_an_unknown_asset_is_an_error():
    with pytest.raises(FileNotFoundError, match="no asset named"):
        assets.path("nothing.tsv")
