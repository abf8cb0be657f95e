// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QString>

namespace ui {

/// "Today", "Yesterday", "Monday", "12 March", "12 March 2025": how far back, in as few words as are clear.
QString dayText(const QDate& day, const QDate& today);

/// The day in the user's time zone on which something happened.
QDate localDay(const QDateTime& moment);

}  // namespace ui
