// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/raters.h"

#include <QString>
#include <QStringList>

namespace app {

struct RaterCommandOptions {
    QString program;
    QStringList arguments;
    int timeout_ms = 10 * 60 * 1000;  ///< for one list of pictures
};

/// A rater that is another program: it gets the path of a picture on each line of its standard input (opaque PNG files, over white) and writes
/// one score on each line of its standard output, in the same order. It runs without a shell.
/// Errors of the scores: io (it does not start, fails, does not end in time), corrupt_file (too few or too many lines, not a finite number).
Rater commandRater(const RaterCommandOptions& options);

}  // namespace app
