// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/day_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::Day)
};
constexpr int week = 7;
}  // namespace

QString dayText(const QDate& day, const QDate& today) {
    const qint64 days = day.daysTo(today);
    if (days == 0) return Words::tr("Today");
    if (days == 1) return Words::tr("Yesterday");
    const QLocale locale;
    if (days > 1 && days < week) return locale.standaloneDayName(day.dayOfWeek());
    //: A day of the current year, in QDate's format language: 12 March
    if (day.year() == today.year()) return locale.toString(day, Words::tr("d MMMM"));
    //: A day of another year, in QDate's format language: 12 March 2025
    return locale.toString(day, Words::tr("d MMMM yyyy"));
}

QDate localDay(const QDateTime& moment) { return moment.toLocalTime().date(); }

}  // namespace ui
