// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight generate`: draws without a window, with the same engine and the same image writer as the studio.
/// @param arguments  program name first, the word `generate` already taken out
ExitCode runGenerate(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
