"""One figure: a value, the bar it is held against when there is one, and the raw numbers it was made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """`better` says which way is better; `raw` holds what was measured, with its units in the names."""

    name: str
    value: float
    better: Literal["higher", "lower"]
    bar: float | None = None
    raw: dict[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {"name": self.name, "value": self.value, "bar": self.bar, "better": self.better, "raw": self.raw}

    def as_line(self) -> str:
        """For a terminal."""
        bar = "" if self.bar is None else f" (bar {self.bar:g})"
        raw = ", ".join(f"{key} {value}" for key, value in self.raw.items())
        return f"{self.name:<38}{self.value:>10.3f}  {self.better} is better{bar}  [{raw}]"


def ratio(name: str, ours: float, bare: float, better: Literal["higher", "lower"], **raw: Any) -> Figure:
    """Ours against the bare way, to three figures."""
    return Figure(name, round(ours / bare, 3), better, raw={"ours": round(ours, 5), "bare": round(bare, 5), **raw})
