"""Draw the packages and the imports between them, as an SVG: ``make architecture``.

Packages stand in the order of import-linter's contracts in pyproject.toml. An arrow is an import;
one inside `ser_core` or `bot` is left out where other arrows lead the same way, and so are those to
modules that nearly everything imports.
"""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import grimp

PROJECT = Path(__file__).resolve().parent.parent
PICTURE = PROJECT / "docs" / "pictures" / "packages.svg"

COLOURS = {"ser_core": "#cfe3f7", "bot": "#d9ead3", "bot.playground": "#fbe5c8"}
LINE = "#7d8590"  # seen on white and on black
IMPORTED_EVERYWHERE = {"emotions", "errors", "file_endings", "bounded_dict", "i18n", "logs"}
PLAYGROUND = "bot.playground"

Row = list[str]
Arrow = tuple[str, str]


def main() -> None:
    """Draw the picture."""
    program = shutil.which("dot")
    if program is None:
        sys.exit(
            "Graphviz's dot is missing (Debian and Ubuntu: 'sudo apt install graphviz'; macOS: "
            "'brew install graphviz')."
        )
    sys.path.insert(0, str(PROJECT))
    graph = grimp.build_graph("ser_core", "bot", cache_dir=None)
    picture = "\n".join(dot(graph))
    drawing = [program, "-Tsvg", "-o", str(PICTURE)]
    subprocess.run(drawing, input=picture, text=True, check=True)  # noqa: S603 — our own words
    print(PICTURE.relative_to(PROJECT))


def dot(graph: grimp.ImportGraph) -> Iterator[str]:
    """Yield the picture in Graphviz's language, line by line."""
    rows = {package: rows_of(package) for package in ("bot", "ser_core")}
    # The playground's server stands for the playground in what the bot imports.
    packages = [name for name in graph.find_children(PLAYGROUND) if graph.find_children(name)]
    inside = [f"{PLAYGROUND}.server", *sorted(packages)]
    boxes = {box: box for of_package in rows.values() for row in of_package for box in row}
    boxes |= {box: box for box in inside} | {PLAYGROUND: inside[0]}
    arrows = without_implied(imports(graph, boxes))
    yield "digraph packages {"
    yield 'graph [bgcolor=transparent newrank=true ranksep=0.3 nodesep=0.35 fontname="Helvetica"]'
    yield f'graph [style=rounded color="{LINE}" fontcolor="{LINE}" fontsize=16 labeljust=l]'
    yield 'node [shape=box style="filled,rounded" fontname="Helvetica" fontsize=13 height=0.36]'
    yield f'node [color="{LINE}" fontcolor="#1f2328" margin="0.12,0.05"]'
    yield f'edge [arrowsize=0.6 color="{LINE}"]'
    for package, of_package in rows.items():
        yield f'subgraph "cluster_{package}" {{ label="{package}"'
        yield f'node [fillcolor="{COLOURS[package]}"]'
        for row in of_package:
            yield f"{{ rank=same {' '.join(map(named, row))} }}"
            yield f'"{row[0]}" [group="{package}"]'
        for above, below in pairwise(of_package):
            yield f'"{above[0]}" -> "{below[0]}" [style=invis weight=100]'
        if package == "bot":
            yield f'subgraph "cluster_{PLAYGROUND}" {{ label="playground"'
            yield f'node [fillcolor="{COLOURS[PLAYGROUND]}"] {" ".join(map(named, inside))} }}'
        yield "}"
    for start, end in sorted(arrows):
        in_rows = start not in inside and start.split(".")[0] == end.split(".")[0]
        yield f'"{start}" -> "{end}" [constraint={str(not in_rows).lower()}]'
    yield "}"


def rows_of(package: str) -> list[Row]:
    """Return the packages and modules in a package, in rows from the top to the bottom."""
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in pyproject["tool"]["importlinter"]["contracts"]:
        if contract.get("containers") == [package]:
            layers = [layer.replace(":", "|").split("|") for layer in contract["layers"]]
            rows = [[f"{package}.{name.strip()}" for name in layer] for layer in layers]
            return [[box for box in row if box != PLAYGROUND] for row in rows]
    raise LookupError(f"pyproject.toml has no contract of layers for {package}.")


def imports(graph: grimp.ImportGraph, boxes: dict[str, str]) -> set[Arrow]:
    """Return which box imports which, by the box of each module or of the package it is in."""
    box_of = {}
    for module in graph.modules:
        names = module.split(".")
        parents = [".".join(names[:length]) for length in range(len(names), 1, -1)]
        nearest = next((parent for parent in parents if parent in boxes), None)
        if nearest == module or (nearest and nearest != PLAYGROUND):
            box_of[module] = boxes[nearest]
    found = {
        (importer, box_of[module])
        for name, importer in box_of.items()
        for module in graph.find_modules_directly_imported_by(name)
        if module in box_of
    }
    return {
        (start, end)
        for start, end in found
        if start != end and end.rpartition(".")[2] not in IMPORTED_EVERYWHERE
    }


def without_implied(arrows: set[Arrow]) -> set[Arrow]:
    """Leave out an arrow inside a top-level package where others lead the same way."""
    after: dict[str, set[str]] = {}
    for start, end in arrows:
        after.setdefault(start, set()).add(end)

    def leads(start: str, end: str, *, without: str) -> bool:
        seen, todo = {without}, {start}
        while todo:
            seen |= todo
            todo = {box for one in todo for box in after.get(one, ())} - seen
        return end in seen

    return {
        (start, end)
        for start, end in arrows
        if start.split(".")[0] != end.split(".")[0]
        or not any(leads(other, end, without=start) for other in after[start] - {end})
    }


def named(box: str) -> str:
    """Return a box with its name in it."""
    return f'"{box}" [label="{box.rpartition(".")[2]}"]'


if __name__ == "__main__":
    main()
