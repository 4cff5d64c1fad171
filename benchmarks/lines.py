"""Count lines of code: without blanks, comments and docstrings.

Run ``python benchmarks/lines.py`` in a checkout; ``--files 40`` lists the longest files too.
"""

import argparse
import ast
import io
import re
import subprocess
import tokenize
from pathlib import Path

PARTS = {
    "core": ("ser_core", "mic.py", "train.py"),
    "bot": ("bot", ":!bot/playground"),
    "playground": ("bot/playground",),
    "tests": ("tests",),
}
PRODUCT = ("core", "bot", "playground")
NOTHING = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENDMARKER, tokenize.ENCODING),
}
"""Tokens that make no line of code."""


def python_lines(source: str) -> int:
    """Count the lines of a Python module that hold code."""
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            value = getattr(statement, "value", None)
            if isinstance(statement, ast.Expr) and isinstance(value, ast.Constant):
                docstrings.update(range(statement.lineno, (statement.end_lineno or 0) + 1))
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NOTHING:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - docstrings)


def page_lines(source: str) -> int:
    """Count the lines of a style sheet, script or page that hold code."""
    without = re.sub(r"/\*.*?\*/|<!--.*?-->", "", source, flags=re.DOTALL)
    lines = (line.strip() for line in without.splitlines())
    return sum(bool(line) and not line.startswith("//") for line in lines)


COUNTERS = {".py": python_lines, ".js": page_lines, ".css": page_lines, ".html": page_lines}


def count(*paths: str) -> dict[str, int]:
    """Return the lines of each file that git keeps there."""
    listed = subprocess.check_output(["git", "ls-files", "--", *paths], text=True).split()  # noqa: S607
    files = (path for path in map(Path, listed) if path.suffix in COUNTERS and path.exists())
    return {str(path): COUNTERS[path.suffix](path.read_text("utf-8")) for path in files}


def main() -> None:
    """Print a line for each part, and the longest files if they are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=0, metavar="N")
    longest = parser.parse_args().files
    counted = {part: count(*paths) for part, paths in PARTS.items()}
    sums = {part: sum(files.values()) for part, files in counted.items()}
    for part, lines in sums.items():
        print(f"{lines:>7,}  {part}")
    print(f"{sum(sums[part] for part in PRODUCT):>7,}  product: {', '.join(PRODUCT)}")
    everything = {name: lines for files in counted.values() for name, lines in files.items()}
    for name, lines in sorted(everything.items(), key=lambda item: -item[1])[:longest]:
        print(f"{lines:>7,}  {name}")


if __name__ == "__main__":
    main()
