// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "app/feedback/pixel_statistics.h"

namespace ui {

/// A direction of taste in a designer's words: "Warm colours", or "Cool colours" where less of it is liked.
QString statisticText(app::PixelStatistic statistic, bool more);

}  // namespace ui
