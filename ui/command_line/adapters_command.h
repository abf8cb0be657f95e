// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

#include "ui/command_line/exit_codes.h"
#include "ui/start/program_files.h"

namespace ui {

/// `fuselight adapters list | import FILE | export ID FILE | remove ID`: the versions of a profile's tastes.
ExitCode runAdapters(const QStringList& arguments, const ProgramFiles& files);

}  // namespace ui
