"""docs/content-guide.md, as far as tests can check it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from assessment.catalogue import limits
from assessment.catalogue.catalogue import load_action_library, load_questionnaire, load_team_kinds
from assessment.domain.actions import Action
from assessment.domain.questionnaire import LANGUAGES, Language, Text
from tests.catalogue.content import BANDS, all_actions, all_texts, conversations, moves, statements

# Statements: nothing of how often, nothing negative, no verdict, no absolute that settles the answer.
FREQUENCY = {
    "es": r"siempre|nunca|jamás|a veces|a menudo|rara vez|raras veces|frecuente\w*|casi|a diario|diari\w+|semanal\w*"
    r"|mensual\w*|cada (?:día|semana|mes|año|turno|vez)|tod[oa]s l[oa]s (?:días|semanas|meses)|habitualmente"
    r"|generalmente|normalmente|suelen?|ocasional\w*|constantemente|(?:muchas|pocas) veces",
    "en": r"always|never|often|sometimes|rarely|seldom|usually|frequently|occasionally|regularly|constantly|generally"
    r"|normally|daily|weekly|monthly|(?:every|each) (?:day|week|month|year|shift|time)|almost|hardly",
}
VERDICT = {
    "es": r"adecuad\w+|correct\w+|eficaz\w*|eficaces|oportun\w+|apropiad\w+|debid\w+",
    "en": r"appropriate\w*|correctly|effective\w*|proper\w*|adequate\w*|timely",
}
NEGATIVE = {
    "es": r"no|ni|nunca|nadie|nada|ningun[oa]?|ningún|sin|evita\w*|deja de",
    "en": r"no|not|never|nobody|nothing|none|without|avoids?|\w+n't",
}
ABSOLUTE = {"es": r"tod[oa]s|todo el mundo", "en": r"everyone|everybody|all"}
DOUBLE = {"es": r"y/o|y|e|o|u|ni|además|así como", "en": r"and/or|and|or|as well as"}

# Everywhere.
TU_FORMS = (
    r"tú|tus?|ti|te|contigo|tuy[oa]s?|vos|vosotr[oa]s|vuestr[oa]s?"
    r"|eres|estás|tienes|puedes|debes|quieres|sabes|haces|dices|vas"
)
GENDER_MARKS = r"@|\b\w+[oa]s?/[oa]s?\b|\((?:a|as|o|os)\)|\b(?:tod|nosotr|compañer|client)xs\b"
NUMBER = {
    "es": r"\d|\b(?:un[oa]?s?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cien"
    r"|cero|ningun[oa]?|ningún|mitad|cada|doble|tercio)\b",
    "en": r"\d|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|hundred"
    r"|zero|no|none|half|each|every|once|twice|double|third)\b",
}
LONGER_THAN_A_PLAN = {
    "es": r"semestres?|cuatro meses|seis meses|años?|por trimestre",
    "en": r"half-years?|four months|six months|years?|each quarter|a quarter and|per quarter",
}
OTHERS = re.compile(
    r"otr[oa]s? (?:equipos?|áreas?|sedes?|empresas?|negocios?)|(?:dos|tres) equipos|dos áreas"
    r"|amig[oa]|vecin[oa]s?|la gerencia",
    re.IGNORECASE,
)
MARKS = r"uplifting|up! your|inspirador|building blocks?|criminal to unbelievable|six levels of service|globo|balloon"


def whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def matches_of(pattern: re.Pattern[str], language: Language, texts: Mapping[str, Text]) -> dict[str, str]:
    """The texts of a language in which a pattern occurs."""
    return {
        place: text.in_language(language) for place, text in texts.items() if pattern.search(text.in_language(language))
    }


STATEMENTS = {item.id: item.text for item in statements()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "rule",
    [FREQUENCY, VERDICT, NEGATIVE, ABSOLUTE, DOUBLE],
    ids=["frequency", "verdict", "negative", "absolute", "double"],
)
def test_a_statement_is_one_behaviour_without_words_that_settle_the_answer(
    rule: dict[Language, str], language: Language
) -> None:
    assert matches_of(whole(rule[language]), language, STATEMENTS) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_statement_is_one_sentence_that_ends(language: Language) -> None:
    for place, text in STATEMENTS.items():
        words = text.in_language(language)
        assert re.fullmatch(r"[A-ZÁÉÍÓÚÑ][^.?!:;]*\.", words), place


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rubric_asks_and_its_descriptions_are_sentences(language: Language) -> None:
    for item in load_questionnaire("service-culture-rubrics").items:
        assert item.text.in_language(language).endswith("?")
        assert language == "en" or item.text.es.startswith("¿")
        assert all(level.in_language(language).endswith(".") for level in item.levels)


def test_one_or_two_of_the_four_statements_of_a_pillar_are_about_the_leader() -> None:
    for pillar in load_questionnaire("service-culture").pillars:
        spanish = ["quien coordina" in item.text.es.casefold() for item in pillar.items]
        assert spanish == ["team leader" in item.text.en for item in pillar.items]
        assert 1 <= sum(spanish) <= 2, pillar.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_shouts(language: Language) -> None:
    assert matches_of(re.compile("[!¡]"), language, all_texts()) == {}


def test_spanish_speaks_with_usted() -> None:
    assert matches_of(whole(TU_FORMS), "es", all_texts()) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_bent_to_show_two_genders_nor_joined_by_a_slash(language: Language) -> None:
    assert matches_of(re.compile(GENDER_MARKS, re.IGNORECASE), language, all_texts()) == {}
    assert matches_of(whole(r"y/o|and/or"), language, all_texts()) == {}


def test_level_is_a_word_of_maturity_and_never_of_the_ladder() -> None:
    of_the_ladder = {move.id: texts for move in moves() for texts in _texts(move)}
    ladder = load_questionnaire().ladder
    of_the_ladder |= {step.id: step.lived for step in ladder.steps}
    of_the_ladder |= {"question": ladder.question, "gloss": ladder.point_gloss}
    of_the_ladder |= {point.id: point.described for kind in load_team_kinds() for point in kind.points}
    assert matches_of(whole("nivel(?:es)?"), "es", of_the_ladder) == {}
    assert matches_of(whole("levels?"), "en", of_the_ladder) == {}
    with_ladder = {place: text for place, text in all_texts().items() if "escalera" in text.es or "peldaño" in text.es}
    assert matches_of(whole("nivel(?:es)?"), "es", with_ladder) == {}


def _texts(action: Action) -> list[Text]:
    return [action.title, action.what, action.why, action.first_step, action.measure]


def test_quotation_marks_are_those_of_the_language() -> None:
    assert matches_of(re.compile("[“”\"'‘’]"), "es", all_texts()) == {}
    assert matches_of(re.compile('[«»"]'), "en", all_texts()) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_trade_mark_is_used(language: Language) -> None:
    assert matches_of(re.compile(MARKS, re.IGNORECASE), language, all_texts()) == {}


def test_both_languages_are_there_and_neither_is_a_copy_of_the_other() -> None:
    # Names such as "Benchmarking" may be the same; sentences may not.
    for place, text in all_texts().items():
        assert text.es.strip(), place
        assert text.en.strip(), place
        if len(text.es.split()) > 3:
            assert text.es != text.en, place


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_keeps_to_its_length(language: Language) -> None:
    def check(text: Text, bounds: tuple[int, int]) -> None:
        assert bounds[0] <= len(text.in_language(language)) <= bounds[1], text

    for item in statements():
        check(item.text, limits.STATEMENT)
    for pillar in load_questionnaire("service-culture-rubrics").pillars:
        check(pillar.summary, limits.SUMMARY)
        for item in pillar.items:
            check(item.text, limits.RUBRIC_STEM)
            for level in item.levels:
                check(level, limits.RUBRIC_LEVEL)
    for action in all_actions():
        check(action.title, limits.ACTION_TITLE)
        check(action.what, limits.ACTION_WHAT)
        check(action.why, limits.ACTION_WHY)
        check(action.first_step, limits.ACTION_FIRST_STEP)
        check(action.owner, limits.ACTION_OWNER)
        check(action.measure, limits.ACTION_MEASURE)


def test_the_limits_in_the_guide_are_those_of_the_code(repository) -> None:
    guide = (repository / "docs/content-guide.md").read_text("utf-8")
    rows = re.findall(r"\| ([a-z][^|]*?) \| (\d+) \| (\d+) \|", guide)
    documented = {name: (int(low), int(high)) for name, low, high in rows}
    assert documented == {
        "statement": limits.STATEMENT,
        "rubric question": limits.RUBRIC_STEM,
        "rubric description": limits.RUBRIC_LEVEL,
        "pillar summary": limits.SUMMARY,
        "pillar short name": limits.SHORT_NAME,
        "ladder: lived": limits.LIVED,
        "option: name": limits.OPTION_NAME,
        "option: text": limits.OPTION_TEXT,
        "action: title": limits.ACTION_TITLE,
        "action: what": limits.ACTION_WHAT,
        "action: why": limits.ACTION_WHY,
        "action: first step": limits.ACTION_FIRST_STEP,
        "action: owner": limits.ACTION_OWNER,
        "action: measure": limits.ACTION_MEASURE,
    }


def test_the_two_languages_of_a_sentence_are_of_similar_length() -> None:
    for place, text in all_texts().items():
        short, long = sorted((len(text.es), len(text.en)))
        if short >= 40:
            assert short >= 0.6 * long, place


def test_a_conversation_takes_thirty_minutes_and_asks_a_real_question() -> None:
    for talk in conversations():
        assert talk.title.es.endswith("?")
        assert talk.title.en.endswith("?")
        assert re.search("treinta minutos|30 minutos", talk.what.es, re.IGNORECASE), talk.id
        assert re.search("thirty minutes|30 minutes", talk.what.en, re.IGNORECASE), talk.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_measure_of_an_action_has_a_number_in_it(language: Language) -> None:
    number = re.compile(NUMBER[language], re.IGNORECASE)
    for action in all_actions():
        assert number.search(action.measure.in_language(language)), action.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_measure_can_be_read_within_the_ninety_days_of_a_plan(language: Language) -> None:
    assert matches_of(whole(LONGER_THAN_A_PLAN[language]), language, _measures()) == {}


def _measures() -> dict[str, Text]:
    return {action.id: action.measure for action in all_actions()}


@pytest.mark.parametrize("pillar", load_action_library().pillars)
@pytest.mark.parametrize("band", BANDS)
def test_every_band_of_a_pillar_has_an_action_that_a_team_can_do_alone(pillar: str, band: int) -> None:
    alone = [
        action.id
        for action in load_action_library().for_pillar(pillar, band)
        if not any(OTHERS.search(text.es) for text in (*_texts(action), action.owner))
    ]
    assert alone


def test_whoever_leads_a_team_has_one_name_in_each_language() -> None:
    assert matches_of(whole("quien(?:es)? dirigen?|jef[ae]s?"), "es", all_texts()) == {}
    assert matches_of(whole("coordinators?"), "en", all_texts()) == {}


def test_no_statement_or_description_needs_other_areas_beside_the_team() -> None:
    asked = {item.id: item.text for item in statements()}
    for item in load_questionnaire("service-culture-rubrics").items:
        asked |= {f"{item.id} {value}": level for value, level in enumerate(item.levels, start=1)}
    assert matches_of(whole("otras? áreas?|otros equipos|otro equipo"), "es", asked) == {}
    assert matches_of(whole("other areas?|another area|other teams?|another team"), "en", asked) == {}


def test_a_description_of_a_perception_point_goes_on_a_sentence() -> None:
    # The page says "Consider …", "Considere …" before it, and ends the sentence.
    for kind in load_team_kinds():
        for point in kind.points:
            assert re.match("qué|cuánto|cómo|con qué|si ", point.described.es), point.id
            assert re.match("how |whether ", point.described.en), point.id
            assert not point.described.es.endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_end_and_titles_owners_and_measures_do_not(language: Language) -> None:
    for action in all_actions():
        for sentence in (action.what, action.why, action.first_step):
            assert sentence.in_language(language).endswith((".", "?", "…")), action.id
        for label in (action.title, action.owner, action.measure):
            assert not label.in_language(language).endswith("."), action.id
