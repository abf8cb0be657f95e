// SPDX-License-Identifier: Apache-2.0
#pragma once

class QObject;
class QString;

namespace ui {

/// Shows a file, selected, in the desktop's file manager; where the desktop cannot, opens its folder. Does not wait.
void revealFile(const QString& path, QObject* context);

}  // namespace ui
