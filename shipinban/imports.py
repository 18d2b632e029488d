"""``shipinban import``: a file into the database, with every wrong row named."""

from rich.console import Console
from rich.table import Table

from casework.database import Database, open_engine
from casework.importing.files import ImportKind, import_file
from casework.importing.problems import ImportRefused
from shipinban.settings import Settings


async def import_content(
    settings: Settings, kind: ImportKind, content: bytes, out: Console
) -> None:
    """Prints what was done, or what is wrong with which row. Raises ``ImportRefused`` then."""
    database = Database(open_engine(settings.database_url))
    try:
        result = await import_file(database, kind, content)
    except ImportRefused as refused:
        show_problems(out, refused)
        raise
    finally:
        await database.close()
    out.print(
        f"{kind}: {result.created} new, {result.changed} changed, {result.unchanged} as they were"
    )


def show_problems(out: Console, refused: ImportRefused) -> None:
    table = Table("table", "row", "column", "原因", "reason", box=None, pad_edge=False)
    for problem in refused.problems:
        row = "" if problem.row is None else str(problem.row)
        table.add_row(problem.table, row, problem.column, problem.zh, problem.en)
    out.print(table, highlight=False, markup=False)
