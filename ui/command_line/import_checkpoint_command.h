// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight import-checkpoint FILE --pipeline DIR --out DIR`: weights of the reference's trainer become a pipeline directory.
ExitCode runImportCheckpoint(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
