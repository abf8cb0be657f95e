// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight models list | add DIR | inspect DIR | remove MODEL`: the studio's list of models without a window.
/// @param arguments  program name first, the word `models` already taken out
ExitCode runModels(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
