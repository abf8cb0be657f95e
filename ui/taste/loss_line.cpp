// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/loss_line.h"

#include <QEvent>
#include <QLocale>
#include <QPainter>
#include <QPolygonF>
#include <algorithm>

#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int width_px = 160;
constexpr int height_px = 32;
constexpr double pen_width = 1.5;
constexpr int digits = 3;
}  // namespace

LossLine::LossLine(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    retranslate();
}

void LossLine::setLosses(const QList<double>& losses) {
    losses_ = losses;
    retranslate();
    update();
}

QSize LossLine::sizeHint() const { return {width_px, height_px}; }

void LossLine::paintEvent(QPaintEvent*) {
    if (losses_.size() < 2) return;
    const auto [low, high] = std::minmax_element(losses_.begin(), losses_.end());
    const double span = qMax(*high - *low, 1e-12);
    QPolygonF line;
    for (qsizetype i = 0; i < losses_.size(); ++i) {
        const double x = pen_width + (width() - 2 * pen_width) * static_cast<double>(i) / static_cast<double>(losses_.size() - 1);
        const double y = pen_width + (height() - 2 * pen_width) * (*high - losses_.at(i)) / span;
        line.append({x, y});
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors(this).accent, pen_width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
}

void LossLine::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void LossLine::retranslate() {
    const QString now = losses_.isEmpty() ? tr("no value yet") : QLocale().toString(losses_.last(), 'f', digits);
    setAccessibleName(tr("Training loss: %1").arg(now));
    setToolTip(tr("Training loss, now %1. It should fall.").arg(now));
}

}  // namespace ui
