"""Splink 5 on the same records: its own published demo settings, and our parsed columns.

Demo settings: Splink's "Deduplicate 50k rows historical persons" and "Febrl3 dedupe" notebooks
(https://moj-analytical-services.github.io/splink/demos/). For Chinese companies there is no demo;
the rules and comparisons below are those a careful user would write, with term frequencies. On our
columns it also gets our never-rules and our repair of clusters, at its best threshold by the labels.
"""

import logging
import time

import numpy as np
import pandas as pd
import pyarrow as pa

SEED = 1


def historical(table: pa.Table) -> pd.DataFrame:
    """Scored pairs of historical_50k with the settings of Splink's demo."""
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
    return _scored(frame, rules, comparisons, training, certain, 0.6)


def companies_raw(table: pa.Table) -> pd.DataFrame:
    """Scored pairs of companies on the columns as they came."""
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
    return _scored(frame, rules, comparisons, training, certain, 0.5)


def companies_parsed(columns: dict[str, list]) -> pd.DataFrame:
    """Scored pairs of companies on crmclean's own columns."""
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
    return _scored(frame, rules, comparisons, training, certain, 0.5)


def _scored(frame, rules, comparisons, training, certain, recall) -> pd.DataFrame:
    """left, right (row numbers), weight, and `seconds` in attrs."""
    from splink import DuckDBAPI, Linker, SettingsCreator

    logging.getLogger("splink").setLevel(logging.ERROR)
    began = time.perf_counter()
    frame = frame.copy()
    frame["row"] = np.arange(len(frame))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        additional_columns_to_retain=["row"],
        retain_matching_columns=False,
    )
    linker = Linker(DuckDBAPI().register(frame), settings)
    linker.training.estimate_probability_two_random_records_match(certain, recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=SEED)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.01)
    pairs = found.as_pandas_dataframe()[["row_l", "row_r", "match_weight"]]
    pairs.columns = ["left", "right", "weight"]
    swap = pairs["left"] > pairs["right"]
    pairs.loc[swap, ["left", "right"]] = pairs.loc[swap, ["right", "left"]].to_numpy()
    pairs.attrs["seconds"] = round(time.perf_counter() - began, 1)
    return pairs
