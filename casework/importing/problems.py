"""What is wrong with a file, so that the person who made it can repair it in one go."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

from casework.errors import Invalid


class CellError(ValueError):
    """Raised by a cell's parser; the reader adds where it happened."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Problem:
    """``row`` is the number that a spreadsheet program shows, ``None`` for a whole table;
    ``column`` the heading that stands in the file, of a missing column the one to write there."""

    table: str
    row: int | None
    column: str
    zh: str
    en: str


class ImportRefused(Invalid):
    """The file was not imported and nothing was changed. ``problems`` has every reason found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            "import.refused",
            f"文件有{count}处错误，未导入任何内容，请修改后重新导入",
            problems=[asdict(problem) for problem in self.problems],
        )


@dataclass(slots=True)
class Report:
    """Collects problems; :meth:`raise_if_any` refuses the file when there are some."""

    problems: list[Problem] = field(default_factory=list)
    headings: dict[tuple[str, str], str] = field(default_factory=dict)
    """By table and key of the column: how the file at hand calls it."""

    def add(self, table: str, row: int | None, column: str, zh: str, en: str) -> None:
        """``column``: its key; the problem names it as the file does."""
        heading = self.headings.get((table, column), column)
        self.problems.append(Problem(table, row, heading, zh, en))

    def raise_if_any(self) -> None:
        """:raises ImportRefused: in the order of tables and rows."""
        if self.problems:
            raise ImportRefused(sorted(self.problems, key=lambda p: (p.table, p.row or 0)))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)
