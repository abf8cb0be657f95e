// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLocale>
#include <QString>

#include "app/feedback/preference_head.h"
#include "app/feedback/signal_store.h"

namespace ui {

/// "Picked" or "Rejected"; nothing where it was taken back.
QString pickText(app::PickAnswer answer);

/// "Predicted 4.2 ± 0.6 stars".
QString predictedText(const app::Opinion& opinion, const QLocale& locale);

}  // namespace ui
