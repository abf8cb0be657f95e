// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/resources.h"

#include <QDir>

// Outside any namespace: the macro declares a global function.
static bool initialiseFuselightResources() {
    Q_INIT_RESOURCE(icons);
    Q_INIT_RESOURCE(examples);
    Q_INIT_RESOURCE(translations);
    return true;
}

namespace ui {

void registerResources() { [[maybe_unused]] static const bool done = initialiseFuselightResources(); }

}  // namespace ui
