// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight evaluate-feedback`: measures the feedback stage with raters whose taste is known.
ExitCode runEvaluateFeedback(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
