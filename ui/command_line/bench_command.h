// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight bench`: prints one JSON object with the engine's times, the processor's measured limits and their ratio.
/// @param arguments  program name first, the word `bench` already taken out
ExitCode runBench(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
