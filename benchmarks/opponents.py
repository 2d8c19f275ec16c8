"""Splink 5 on the same records: its own published demo settings, and our parsed columns.

Demo settings: Splink's notebooks "Deduplicate 50k rows historical persons", "Febrl3 dedupe" (for
Febrl 1 to 3) and "Febrl4 linkage", its detailed model
(https://moj-analytical-services.github.io/splink/demos/). For Chinese companies there is no demo;
the rules and comparisons below are those a careful user would write, with term frequencies. On our
columns it also gets our never-rules and our repair of clusters, at its best threshold by the labels.
"""

import logging
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

SEED = 1


@dataclass(frozen=True)
class Opponent:
    """How Splink is to match `frame`, in Splink's own terms. `source`: the column that says which
    of two lists a record is from, where only records of different lists may match."""

    frame: pd.DataFrame
    rules: list
    comparisons: list
    training: list
    certain: list
    recall: float
    sample: float = 5e6
    source: str = ""
    em: dict[str, Any] = field(default_factory=dict)


def historical(table: pa.Table) -> Opponent:
    """historical_50k with the settings of Splink's demo."""
    import splink.comparison_library as cl
    from splink import block_on

    frame = table.to_pandas().drop(columns=["cluster"])
    rules = [
        block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
        block_on("surname", "dob"),
        block_on("first_name", "dob"),
        block_on("postcode_fake", "first_name"),
        block_on("postcode_fake", "surname"),
        block_on("dob", "birth_place"),
        block_on("substr(postcode_fake,1,3)", "dob"),
        block_on("substr(postcode_fake,1,3)", "first_name"),
        block_on("substr(postcode_fake,1,3)", "surname"),
        block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]
    comparisons = [
        cl.ForenameSurnameComparison(
            "first_name", "surname", forename_surname_concat_col_name="first_and_surname"
        ),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.PostcodeComparison("postcode_fake"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ]
    training = [block_on("first_name", "surname"), block_on("dob")]
    certain = [
        "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
        "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname and "
        "substr(l.postcode_fake,1,2) = substr(r.postcode_fake,1,2)",
        "l.dob = r.dob and l.postcode_fake = r.postcode_fake",
    ]
    return Opponent(frame, rules, comparisons, training, certain, 0.6)


def febrl(frame: pd.DataFrame) -> Opponent:
    """Febrl 1 to 3 with the settings of Splink's demo of Febrl 3."""
    import splink.comparison_library as cl
    from splink import block_on

    one_by_one = ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
    comparisons = [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    ]
    swapped = "l.given_name = r.surname and l.surname = r.given_name"
    certain = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "date_of_birth"),
        swapped + " and l.date_of_birth = r.date_of_birth",
    ]
    rules = [block_on(name) for name in one_by_one]
    training = [block_on("date_of_birth"), block_on("postcode")]
    return Opponent(frame, rules, comparisons, training, certain, 0.9, 1e6)


def febrl4(frame: pd.DataFrame) -> Opponent:
    """Febrl 4 with the detailed settings of Splink's demo: it is told which list a record is from."""
    import splink.comparison_library as cl
    from splink import block_on

    tf = {"term_frequency_adjustments": True}
    dates = {"input_is_string": True, "datetime_format": "%Y%m%d", "invalid_dates_as_null": True}
    comparisons = [
        cl.NameComparison("given_name").configure(**tf),
        cl.NameComparison("surname").configure(**tf),
        cl.DateOfBirthComparison("date_of_birth", **dates),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(**tf),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(**tf),
    ]
    rules = [
        block_on("given_name", "surname"),
        "l.given_name = r.surname and l.surname = r.given_name",
        block_on("date_of_birth"),
        block_on("soc_sec_id"),
        block_on("state", "address_1"),
        block_on("street_number", "address_1"),
        block_on("postcode"),
    ]
    training = [block_on("date_of_birth"), block_on("postcode")]
    certain = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    em = {"estimate_without_term_frequencies": True}
    return Opponent(frame, rules, comparisons, training, certain, 0.8, 1e6, "list", em)


def companies_raw(table: pa.Table) -> Opponent:
    """Companies on the columns as they came."""
    import splink.comparison_library as cl
    from splink import block_on

    frame = table.drop_columns(["cluster"]).to_pandas()
    frame["unique_id"] = np.arange(len(frame))
    rules = [
        block_on("uscc"),
        block_on("phone"),
        block_on("substr(name,1,4)"),
        block_on("address"),
        block_on("contact", "city"),
        block_on("substr(name,3,4)"),
    ]
    tf = {"term_frequency_adjustments": True}
    comparisons = [
        cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]).configure(**tf),
        cl.LevenshteinAtThresholds("uscc", 2),
        cl.ExactMatch("phone").configure(**tf),
        cl.ExactMatch("contact").configure(**tf),
        cl.JaroWinklerAtThresholds("address", [0.95, 0.85]).configure(**tf),
        cl.ExactMatch("city").configure(**tf),
    ]
    training = [block_on("phone"), block_on("name")]
    certain = ["l.uscc = r.uscc", "l.name = r.name and l.phone = r.phone"]
    return Opponent(frame, rules, comparisons, training, certain, 0.5)


def companies_parsed(columns: dict[str, list]) -> Opponent:
    """Companies on crmclean's own columns."""
    import splink.comparison_library as cl
    from splink import block_on

    frame = pd.DataFrame(columns)
    frame["unique_id"] = np.arange(len(frame))
    rules = [
        block_on("uscc"),
        block_on("phone"),
        block_on("core"),
        block_on("core_sound"),
        block_on("brand", "city"),
        block_on("address"),
        block_on("contact", "place"),
        block_on("substr(core,1,3)", "city"),
    ]
    tf = {"term_frequency_adjustments": True}
    comparisons = [
        cl.JaroWinklerAtThresholds("core", [0.95, 0.88, 0.8]).configure(**tf),
        cl.ExactMatch("brand").configure(**tf),
        cl.ExactMatch("city").configure(**tf),
        cl.LevenshteinAtThresholds("uscc", 2),
        cl.ExactMatch("phone").configure(**tf),
        cl.ExactMatch("contact").configure(**tf),
        cl.JaroWinklerAtThresholds("address", [0.95, 0.85]).configure(**tf),
        cl.ExactMatch("place").configure(**tf),
    ]
    training = [block_on("phone"), block_on("core", "city")]
    certain = ["l.uscc = r.uscc", "l.core = r.core and l.phone = r.phone"]
    return Opponent(frame, rules, comparisons, training, certain, 0.5)


def scored(opponent: Opponent) -> pd.DataFrame:
    """Splink's pairs: left, right (row numbers) and weight."""
    _, found = _predicted(opponent)
    pairs = found.as_pandas_dataframe()[["row_l", "row_r", "match_weight"]]
    pairs.columns = ["left", "right", "weight"]
    swap = pairs["left"] > pairs["right"]
    pairs.loc[swap, ["left", "right"]] = pairs.loc[swap, ["right", "left"]].to_numpy()
    return pairs


def clustered(opponent: Opponent) -> int:
    """How many clusters Splink makes, by itself from beginning to end."""
    linker, found = _predicted(opponent)
    made = linker.clustering.cluster_pairwise_predictions_at_threshold(found, 0.95)
    return int(made.as_pandas_dataframe()["cluster_id"].nunique())


def _predicted(opponent: Opponent) -> tuple:
    """The trained linker and its predictions."""
    from splink import DuckDBAPI, Linker, SettingsCreator

    logging.getLogger("splink").setLevel(logging.ERROR)
    frame = opponent.frame.assign(row=np.arange(len(opponent.frame)))
    frames = [part for _, part in frame.groupby(opponent.source)] if opponent.source else [frame]
    settings = SettingsCreator(
        link_type="link_only" if opponent.source else "dedupe_only",
        comparisons=opponent.comparisons,
        blocking_rules_to_generate_predictions=opponent.rules,
        additional_columns_to_retain=["row"],
        retain_matching_columns=False,
    )
    engine = DuckDBAPI()
    registered = [engine.register(part) for part in frames]
    linker = Linker(registered if opponent.source else registered[0], settings)
    learn = linker.training
    learn.estimate_probability_two_random_records_match(opponent.certain, recall=opponent.recall)
    learn.estimate_u_using_random_sampling(max_pairs=opponent.sample, seed=SEED)
    for rule in opponent.training:
        learn.estimate_parameters_using_expectation_maximisation(rule, **opponent.em)
    return linker, linker.inference.predict(threshold_match_probability=0.01)
