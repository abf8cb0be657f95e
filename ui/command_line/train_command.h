// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight train`: learns an adapter from a profile's ratings, as the studio does in the background. Interrupted, it goes on at the next call.
/// @param arguments  program name first, the word `train` already taken out
ExitCode runTrain(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
