// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace ui {

/// Where the program's own parts lie. An installed tree and a build tree look alike: bin/, lib/ and share/ side by side.
struct ProgramFiles {
    QString engine_module;     ///< lib/libfuselight_engine.so
    QString starter_pipeline;  ///< share/fuselight/models/starter
    QString text_model;        ///< FUSELIGHT_TEXT_MODEL, else models/gemma-3-270m in the download cache of packaging/run.sh

    /// @param program_dir  the folder of the executable
    static ProgramFiles beside(const QString& program_dir);
};

}  // namespace ui
