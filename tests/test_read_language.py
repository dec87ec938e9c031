"""Which language a report is in, and that what is not English is not coded unasked."""

import json

import pytest

from dateline.read import read
from dateline.read.language import code_of
from dateline.read.language_names import NAMES
from dateline.records import Failure, Report

SENTENCES = {
    "French": "La police a arrêté douze manifestants à Paris lundi matin, selon les organisateurs.",
    "German": "Die Polizei nahm am Montag in Berlin zwölf Demonstranten fest, wie die Veranstalter sagten.",
    "Spanish": "La policía detuvo a doce manifestantes en Madrid el lunes, según los organizadores.",
    "Indonesian": "Polisi menangkap dua belas pengunjuk rasa di Jakarta pada Senin, kata penyelenggara.",
    "Dutch": "Politie arresteert twaalf demonstranten in Amsterdam op maandag, zeggen de organisatoren.",
    "Arabic": "اعتقلت الشرطة اثني عشر متظاهرا في القاهرة يوم الاثنين بحسب المنظمين.",
    "Chinese": "警方周一在北京逮捕了十二名示威者",
}
ENGLISH = [
    "Boko Haram gunmen abduct 12 in Maiduguri, Borno State",
    "Manila police arrest 40 protesters at Malacanang palace",
    "Calais: Génération Identitaire blocks bridge, 130 arrested",
    "Indonesia: Jokowi visits Papua, Jayapura rally disperses peacefully",
    "Strikes hit Sana'a, Hodeidah, Taiz, Marib and Al-Jawf provinces.",
    "BREAKING: EXPLOSION REPORTED NEAR ISTANBUL AIRPORT, TURKEY",
]


def read_record(tmp_path, any_language=False, **record):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(record))
    [result] = read([str(path)], any_language=any_language)
    return result


@pytest.mark.parametrize(("name", "text"), SENTENCES.items())
def test_another_language_is_named_and_coded_only_when_asked(tmp_path, name, text):
    failure = read_record(tmp_path, text=text)
    assert isinstance(failure, Failure)
    assert failure.error == f"the text is in {name}"
    assert "--any-language" in failure.advice
    assert (failure.where, failure.report) == ("line 1", read_record(tmp_path, any_language=True, text=text).id)
    report = read_record(tmp_path, any_language=True, text=text)
    assert (NAMES[report.language], report.found) == (name, {"language": "detected"})


@pytest.mark.parametrize("text", ENGLISH)
def test_english_full_of_foreign_names(tmp_path, text):
    report = read_record(tmp_path, text=text)
    assert isinstance(report, Report)
    assert report.language == "en"


@pytest.mark.parametrize("text", ["Paris, lundi.", "12.", "ELN, FARC.", "!?"])
def test_very_short_texts_are_taken_as_english(tmp_path, text):
    report = read_record(tmp_path, text=text)
    assert (report.language, report.found) == ("en", {"language": "assumed"})


def test_very_short_texts_in_another_script_are_not(tmp_path):
    assert isinstance(read_record(tmp_path, text="Протест в Киеве"), Failure)
    assert isinstance(read_record(tmp_path, text="警方逮捕示威者"), Failure)


def test_a_given_language_is_trusted(tmp_path):
    report = read_record(tmp_path, text=SENTENCES["French"], language="en")
    assert (report.language, report.found) == ("en", {})
    failure = read_record(tmp_path, text=ENGLISH[0], language="fr")
    assert failure.error == "the input says that the text is in French"
    assert read_record(tmp_path, any_language=True, text=ENGLISH[0], language="fr").language == "fr"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("en-GB", "en"),
        ("en_US.UTF-8", "en"),
        ("English", "en"),
        ("eng", "en"),
        ("fr-CA", "fr"),
        ("Western Frisian", "fy"),
        ("klingon", None),
        ("-", None),
    ],
)
def test_names_of_languages(name, code):
    assert code_of(name) == code


def test_every_language_that_is_detected_has_a_name():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    assert set(LanguageIdentifier.from_model_file(MODEL_FILE).labels) - {"zxx"} <= set(NAMES)


def test_a_language_among_english_reports(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in (ENGLISH[0], SENTENCES["German"], ENGLISH[1])))
    assert [type(result) for result in read([str(path)])] == [Report, Failure, Report]
