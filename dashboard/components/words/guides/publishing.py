"""How to publish, from the systems that hold the data."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.components.words.guides.datasets import Kind


@dataclass(frozen=True, slots=True)
class Advice:
    """How to get data out of one kind of system: its title, and the steps."""

    title: str
    steps: tuple[str, ...]


_DEGREES = "Choose EPSG:4326 (WGS 84) for the coordinates, not the grid of the Ordnance Survey."
_QGIS = Advice(
    "QGIS",
    (
        "In the attribute table, rename the columns to the field names above, or refactor them.",
        "Choose Export, then Save features as, then CSV. Set the geometry to AS_WKT. GeoJSON does "
        "as well.",
        _DEGREES,
        "Put the file on your website, always under the same name.",
    ),
)
_ARCGIS = Advice(
    "ArcGIS Online and ArcGIS Enterprise",
    (
        "Make a view of the layer that has only the fields above, and share it with everyone.",
        "Give us the address of the layer itself. It ends in FeatureServer and a number, such as "
        "/FeatureServer/0. The address of a map, of an item or of the whole service does not work.",
        "Leave querying switched on: the platform reads the rows in pages.",
        "Edits reach the platform the next night. There is no file to send.",
    ),
)
_WFS = Advice(
    "GeoServer, MapServer and other WFS",
    (
        "Give us a whole GetFeature address, with the name of one layer, "
        "outputFormat=application/json and srsName=EPSG:4326.",
        "Open it in a browser first. It has to answer without a password, with all rows and "
        "longitude first.",
    ),
)
_MAPINFO = Advice(
    "MapInfo Pro and FME",
    (
        "Save or translate the table as GeoJSON or as CSV with a column of WKT.",
        _DEGREES,
        "With FME, let the workspace run every night and write to the same place.",
    ),
)
_DATABASE = Advice(
    "A spatial database",
    (
        "Make a view whose columns have the field names above.",
        "In PostGIS, ST_AsText(ST_Transform(geom, 4326)) gives the geometry. SQL Server and Oracle "
        "have their own functions for WKT; SQL Server does not change coordinates.",
        "Write the view to a CSV file every night.",
    ),
)
_BACK_OFFICE = Advice(
    "Planning back-office systems",
    (
        "Systems such as Uniform, NEC Planning, Arcus, Agile Planning or MasterGov have a report "
        "or query tool. Make a report with one line for each row of this dataset.",
        "Name the columns as the fields above, and let dates come as YYYY-MM-DD.",
        "Let the report run on a schedule and save a CSV file where your website can serve it.",
        "Personal data must not be in it: no names, telephone numbers or e-mail addresses of "
        "applicants or owners.",
    ),
)
_JOIN = Advice(
    "Back office and GIS together",
    (
        "If one system has the words and another the boundaries, join them by the reference in "
        "your GIS, and publish the result.",
    ),
)
_SPREADSHEET = Advice(
    "A spreadsheet",
    (
        "Put the field names above in the first row, and one thing in each row after it.",
        "Set columns of dates and references to text before you fill them in, so that nothing is "
        "rewritten.",
        "Save it as CSV UTF-8. No merged cells, no titles above the names, no notes below.",
    ),
)
_MONEY = Advice(
    "Systems for developer contributions",
    (
        "Systems such as Exacom, or the module for obligations of your back office, can report "
        "agreements, contributions and transactions. Make one report for each of the 3 datasets.",
        "Use the same references in all 3, so that a transaction leads to its contribution and "
        "a contribution to its agreement.",
    ),
)
_BY_KIND: dict[Kind, tuple[Advice, ...]] = {
    "area": (_QGIS, _ARCGIS, _WFS, _MAPINFO, _DATABASE, _BACK_OFFICE, _JOIN),
    "point": (_QGIS, _ARCGIS, _WFS, _MAPINFO, _DATABASE, _BACK_OFFICE, _SPREADSHEET),
    "document": (_SPREADSHEET, _BACK_OFFICE),
    "plan": (_SPREADSHEET, _BACK_OFFICE),
    "money": (_MONEY, _BACK_OFFICE, _SPREADSHEET),
}
STEPS = (
    "Make a file with one row for each thing, and the field names above as its columns. CSV is "
    "best. GeoJSON, GeoPackage and Excel workbooks work too.",
    "Keep each reference for ever. What has ended stays in the file, with an end date.",
    "Check the file before you publish it, and fix what must be fixed.",
    "Publish it on your own website under the Open Government Licence, at an address that will "
    "not change and needs no password. Have a page there that tells people about the data.",
    "Give the address to the data team. You need to do this once.",
    "When something changes, put the new file at the same address.",
)
AGAIN = (
    "The platform visits each address every night. What you publish today is collected in the "
    "night and appears in our figures a day later, sometimes two.",
    "A file that has not changed is not read again, but we note that it still answers.",
    "If an address does not answer, the platform tries again each night. After 5 days in a row we "
    "count the dataset as broken.",
)


def systems(kind: Kind) -> tuple[Advice, ...]:
    """How to get data of a kind out of the systems that usually hold it."""
    return _BY_KIND[kind]
