// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/result.h"

namespace ui {

/// What the program's exit status says; documented in `fuselight --help` and the README.
enum class ExitCode {
    ok = 0,
    failed = 1,  ///< an error of ours
    usage = 2,   ///< the words or the request cannot be carried out as written
    model = 3,   ///< the model is missing, damaged or of an unknown kind
    out_of_memory = 4,
    io = 5,           ///< reading or writing failed
    device = 6,       ///< the device asked for is not there
    cancelled = 130,  ///< interrupted (Ctrl+C), as shells count it
};

ExitCode exitCodeOf(inference::ErrorCode code);

}  // namespace ui
