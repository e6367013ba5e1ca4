"""Lists that are read page by page."""

from __future__ import annotations

from typing import Any, Callable, Generic, Iterator, Mapping, TypeVar, cast

Item = TypeVar("Item")
Page = TypeVar("Page", bound=Mapping[str, Any])


class Paged(Generic[Item, Page]):
    """A list that is read page by page, while it is iterated. Each iteration starts at its beginning."""

    def __init__(self, read: Callable[[str | None], Page]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from cast("list[Item]", page["items"])

    def page(self, cursor: str | None = None) -> Page:
        """One page: that of a cursor, or the first one."""
        return self._read(cursor)

    def pages(self) -> Iterator[Page]:
        """Whole pages, with what else the answers say."""
        cursor: str | None = None
        while True:
            page = self._read(cursor)
            yield page
            cursor = page.get("next_cursor")
            if cursor is None:
                return
