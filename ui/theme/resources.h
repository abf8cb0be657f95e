// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ui {

/// Makes the icons, examples and translations inside the program readable (":/icons/..."). Cheap when done already.
void registerResources();

}  // namespace ui
