"""The command: `python -m stune.export FORMAT DIR [--to PLACE] [--follow]`."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import List, NoReturn, Optional

from stune._literal import spelt
from stune._snapshot import NotAStudy
from stune.export import FORMATS, ExportError, export


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints look like those of `stune`."""

    def error(self, message: str) -> NoReturn:
        """End with code 2."""
        print(f"stune: {message}; see 'stune export --help'", file=sys.stderr)
        sys.exit(2)


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the command and return its exit code."""
    formats = "\n".join(f"  {name:12} {one.what}" for name, one in FORMATS.items())
    parser = _Parser(
        prog="stune export",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Export a study to files or to another tool.",
        epilog=f"Formats, and what --to names:\n{formats}\n\nThe manual is exports.md in "
        "'stune where docs'.",
    )
    parser.add_argument("format", metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument("directory", metavar="DIR", help="the study's directory")
    parser.add_argument(
        "--to", metavar="PLACE", help="where to write (default: by the study's name)"
    )
    parser.add_argument(
        "--follow", action="store_true", help="add what is new until the study is over"
    )
    parser.add_argument(
        "--interval", type=float, default=2.0, metavar="SECONDS",
        help="with --follow: the least time between two looks (default: 2)",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if not 0.01 <= options.interval <= 86_400:
        parser.error(f"--interval {options.interval:g}: 0.01 to 86400 seconds")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        place = export(
            options.format, options.directory, options.to, options.follow, options.interval
        )
    except (ExportError, NotAStudy) as error:
        print(f"stune: {spelt(str(error))}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"stune: {spelt(str(error))}; run the same command again to go on", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stune: stopped; run the same command again to go on", file=sys.stderr)
        return 3
    print(place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
