// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

#include "inference/api/generation_request.h"

namespace app {

enum class Theme { system, light, dark };

/// Everything that is remembered between runs, one field a thing, with its default.
struct Settings {
    struct Appearance {
        Theme theme = Theme::system;
        QString language;  ///< "ko", "en"; empty follows the desktop
        bool operator==(const Appearance&) const = default;
    };
    struct Composer {
        inference::GenerationRequest request;  ///< what the prompt column holds, word for word
        bool seed_locked = false;              ///< otherwise each Generate draws a new seed
        bool operator==(const Composer&) const = default;
    };
    struct Window {
        QByteArray geometry;  ///< QMainWindow::saveGeometry
        QByteArray columns;   ///< QSplitter::saveState
        bool inspector_visible = true;
        int view = 0;  ///< 0 studio, 1 library
        qint64 selected_item = 0;
        int thumbnail_side = 160;  ///< pixels, in the library
        bool operator==(const Window&) const = default;
    };
    struct Export {
        QString directory;  ///< last folder of "Save as"
        QString format = QStringLiteral("png");
        QString matte = QStringLiteral("#ffffff");
        int quality = 92;
        bool operator==(const Export&) const = default;
    };
    Appearance appearance;
    Composer composer;
    Window window;
    Export image_export;

    bool operator==(const Settings&) const = default;
};

}  // namespace app
