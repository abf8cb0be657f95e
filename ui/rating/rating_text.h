// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace ui {

/// "4 stars", "1 star", "not rated": for screen readers, tooltips and the Edit menu.
QString ratingText(int stars);

}  // namespace ui
