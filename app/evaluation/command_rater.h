// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <chrono>
#include <memory>

#include "app/evaluation/rater.h"

namespace app {

/// A rater that is another program: it reads one picture's path a line on its standard input and writes one score a line, in that order.
/// @param program  with arguments, as a shell would split them (quotes keep spaces); no shell runs it.
/// @param patience  how long it may say nothing.
/// The pictures' paths must be set. Errors: io (it cannot be started, ends with a failure, is silent too long), corrupt_file (a line that is no
/// finite number, fewer or more lines than pictures); each quotes what the program wrote.
std::unique_ptr<Rater> makeCommandRater(const QString& program, std::chrono::milliseconds patience = std::chrono::minutes(5));

}  // namespace app
