"""The sections of crmclean.yaml and the kinds of their values.

Everything that a person decides stands in this one file (`crmclean.example.yaml` shows every
section). An unknown key is an error, and so is a value of the wrong kind.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, field_validator
from pydantic import Field as Setting
from pydantic_core import PydanticCustomError

from crmclean.gates import Gates
from crmclean.tables import OBJECTS

ObjectName = Literal["customer", "contact", "lead", "follow_up", "opportunity"]


def as_written(value: Any) -> Any:
    """A number as the text that it has in the file; everything else as text, None as it is."""
    return value if value is None else str(getattr(value, "written", value))


#: Numbers and dates in YAML become text where the project means a value of a cell.
Text = Annotated[str, BeforeValidator(as_written)]
assert set(ObjectName.__args__) == set(OBJECTS)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldSource(_Part):
    """Where a field's value comes from when it is not simply one column."""

    column: Text | None = None
    unit: Literal["元", "千", "万", "百万", "亿"] | None = None
    lookup: str | None = None
    concat: tuple[Text, ...] | None = None
    joined_with: str = Setting("；", alias="with")
    constant: Text | None = None
    sequence: str | None = None


def _field_source(value: Any) -> Any:
    return {"column": value} if isinstance(value, str | int | float) else value


#: Field to where its values come from.
Fields = dict[str, Annotated[FieldSource, BeforeValidator(_field_source)]]
#: So many further contacts may stand in one row: each has room for the persons of a cell
#: (`tables.FURTHER`).
MOST_CONTACTS = 7
#: Whose a contact is: the further ones of a row are whose the first one is.
WHOSE = ("contact.customer", "contact.customer_code", "contact.owner")


class Source(_Part):
    """One entry of `sources`: one logical table, maybe over many files."""

    path: str
    system: str = ""
    sheet: Text | None = None
    object: ObjectName = "customer"
    role: Literal["legacy", "target", "authority"] = "legacy"
    header_rows: tuple[int, ...] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    date_order: Literal["ymd", "dmy", "mdy"] | None = None
    epoch: Literal[1900, 1904] | None = None
    hidden_rows: Literal["include", "skip"] = "include"
    layout: Literal["table", "one_table", "side_by_side", "form"] | None = None
    password_env: str | None = None
    fields: Fields = {}
    contacts: tuple[Fields, ...] = Setting((), max_length=MOST_CONTACTS)  # further ones of a row
    drop: tuple[Text, ...] = ()
    review: tuple[str, ...] = ()  # fields whose mapping `init` was not sure of; clear after a look
    fingerprint: str | None = None  # of the headings, for --frozen

    @property
    def given(self) -> list[tuple[str, FieldSource]]:
        """Every field and where it comes from, those of further contacts too."""
        return [item for fields in (self.fields, *self.contacts) for item in fields.items()]

    def of(self, further: int) -> Fields:
        """Where each field of a row's records comes from, or (from 1 on) of a further contact."""
        if not further:
            return self.fields
        whose = {path: self.fields[path] for path in WHOSE if path in self.fields}
        return {**whose, **self.contacts[further - 1]}


class FieldSetting(_Part):
    """A changed or added field of the model."""

    label: str | dict[Literal["zh", "en"], str] | None = None
    kind: str | None = None
    required: Literal["target", "standard", "no"] | None = None
    on_gap: Literal["load", "hold", "default"] | None = None
    default: Text | None = None
    values: tuple[Text, ...] | None = None
    synonyms: dict[Text, Text] | None = None
    aliases: tuple[str, ...] | None = None
    options: dict[str, Any] | None = None
    parts: dict[str, str] | None = None
    unique: bool | None = None
    sensitive: bool | None = None


class Level(_Part):
    """A level set from an amount: the highest threshold that the amount reaches."""

    source: str = Setting(alias="from")
    scale: dict[Text, float]


#: How the value of a field is chosen when records are merged (`dedupe/strategies.py`).
Strategy = Literal[
    "priority", "most_recent", "most_complete", "most_frequent", "longest", "fullest", "earliest",
    "latest", "union", "keep_both",
]  # fmt: skip


def _two(value: Any) -> Any:
    """Two different records: of one or three nobody could say what was meant, and a name without its
    brackets would be read letter by letter."""
    listed = value if isinstance(value, list | tuple) else ()
    names = {as_written(name) for name in listed if isinstance(name, str | int | float)} - {""}
    if not len(listed) == len(names) == 2:
        raise PydanticCustomError("pair", "a pair is two records: [[A, B], …]")
    return value


#: Two records that a person named.
Pair = Annotated[tuple[Text, Text], BeforeValidator(_two)]


class Dedupe(_Part):
    match: float = 8.0
    review: float = Setting(0.0, validate_default=True)
    priority: tuple[str, ...] = ()
    owner_conflict: Literal["hold", "first"] = "hold"
    survivorship: dict[str, Strategy] = {}
    never: tuple[Pair, ...] = ()
    always: tuple[Pair, ...] = ()

    @field_validator("review")
    @classmethod
    def _up_to_match(cls, review: float, told: ValidationInfo) -> float:
        """Pairs are asked about from `review` up to `match`: above it there is nothing to ask."""
        match = told.data.get("match", review)
        if not review <= match:
            raise PydanticCustomError("above_match", "above {match}", {"match": match})
        return review


class Pilot(_Part):
    rows: int = Setting(100, ge=1)
    mode: Literal["test", "production"] = "test"
    seed: int = 1


class Audit(_Part):
    rows: int = Setting(100, ge=1)
    seed: int = 1


class Project(_Part):
    """The whole file."""

    version: Literal[1] = 1
    language: Literal["zh", "en"] = "zh"
    target: str = "generic"
    sources: tuple[Source, ...] = Setting(min_length=1)
    fields: dict[str, FieldSetting] = {}
    picklists: dict[str, dict[Text, Text]] = {}
    placeholders: tuple[Text, ...] = ()
    levels: dict[str, Level] = {
        "customer.value_level": Level(
            **{
                "from": "customer.annual_purchase",
                "scale": {"VIP": 500000, "重点": 100000, "普通": 0},
            }
        )
    }
    owners: dict[Text, Text] = {}
    derive: dict[str, str] = {}
    select: str | None = None
    unplaced: dict[str, Literal["remark", "custom_field", "drop"]] = {}
    dedupe: Dedupe = Dedupe()
    pilot: Pilot = Pilot()
    audit: Audit = Audit()
    gates: Gates = Gates()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    return Project.model_json_schema(by_alias=True)
