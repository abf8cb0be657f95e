// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight rate`: says what the user thinks of pictures, takes all of that out of a profile, or makes it forget.
/// @param arguments  program name first, the word `rate` already taken out
ExitCode runRate(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
