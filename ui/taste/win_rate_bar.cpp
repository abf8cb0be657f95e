// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/win_rate_bar.h"

#include <QEvent>
#include <QLocale>
#include <QPainter>

#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int line = 4;
constexpr int dot = 10;
constexpr int width_px = 200;
constexpr int height_px = 20;

QString percent(double share) { return QLocale().toString(qRound(share * 100)); }
}  // namespace

WinRateBar::WinRateBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    refresh();
}

void WinRateBar::setWinRate(const WinRate& rate) {
    rate_ = rate;
    refresh();
    update();
}

QString WinRateBar::words(const WinRate& rate) {
    return tr("Preferred to the model as it came in %1 % (%2 to %3 %), judged on %n picture(s)", nullptr, rate.comparisons)
        .arg(percent(rate.rate), percent(rate.low), percent(rate.high));
}

QSize WinRateBar::sizeHint() const { return {width_px, height_px}; }

void WinRateBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& palette = colors(this);
    const double left = dot / 2.0;
    const double span = width() - dot;
    const double middle = height() / 2.0;
    const auto at = [&](double share) { return left + qBound(0.0, share, 1.0) * span; };
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette.raised_pressed);
    painter.drawRoundedRect(QRectF(left, middle - line / 2.0, span, line), line / 2.0, line / 2.0);
    painter.setBrush(palette.text_secondary);
    painter.drawRect(QRectF(at(0.5) - 0.5, middle - dot / 2.0, 1, dot));
    // Only what lies wholly on one side of chance is more than chance.
    const bool decided = rate_.low > 0.5;
    painter.setBrush(decided ? palette.accent : palette.text_secondary);
    painter.drawRoundedRect(QRectF(QPointF(at(rate_.low), middle - line / 2.0), QPointF(at(rate_.high), middle + line / 2.0)), line / 2.0,
                            line / 2.0);
    painter.drawEllipse(QPointF(at(rate_.rate), middle), dot / 2.0, dot / 2.0);
}

void WinRateBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

void WinRateBar::refresh() {
    setAccessibleName(words(rate_));
    setToolTip(tr("%1. The tick in the middle is chance.").arg(words(rate_)));
}

}  // namespace ui
