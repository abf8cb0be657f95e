// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight evaluate-feedback`: measures what a synthetic rater's stars teach, on prompts and seeds that were never rated.
/// @param arguments  program name first, the word `evaluate-feedback` already taken out
ExitCode runEvaluateFeedback(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
