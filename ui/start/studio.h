// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ui {

/// Opens the studio and runs until its window closes; the exit status of the program.
int runStudio(int argc, char** argv);

}  // namespace ui
