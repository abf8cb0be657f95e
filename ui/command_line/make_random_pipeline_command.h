// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight make-random-pipeline DIR`: a model of a given size without what it has learnt, to see what that size costs.
ExitCode runMakeRandomPipeline(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
