// SPDX-License-Identifier: Apache-2.0
#include "ui/taste/pair_grid.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int inner_gap = 2;  ///< a pair is one thing
constexpr int outer_gap = theme::space_l;
constexpr int pair_width = 2 * PairGrid::side + inner_gap;

void paintPicture(QPainter& painter, const QImage& image, const QRect& cell, const theme::Palette& palette) {
    theme::paintPlate(painter, cell, palette.canvas, palette.hairline, theme::radius_small);
    QPainterPath clip;
    clip.addRoundedRect(cell, theme::radius_small, theme::radius_small);
    painter.save();
    painter.setClipPath(clip);
    if (image.hasAlphaChannel()) theme::paintCheckerboard(painter, cell, palette);
    // The middle of the picture, cut to the square.
    const int side = qMin(image.width(), image.height());
    painter.drawImage(cell, image, QRect((image.width() - side) / 2, (image.height() - side) / 2, side, side));
    painter.restore();
}
}  // namespace

PairGrid::PairGrid(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("pair_grid"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void PairGrid::setPairs(const QList<app::EvaluationPair>& pairs) {
    pairs_ = pairs;
    QStringList prompts;
    for (const auto& pair : pairs) prompts.append(pair.prompt);
    setAccessibleDescription(prompts.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

int PairGrid::columns(int width) const { return qMax(1, (width + outer_gap) / (pair_width + outer_gap)); }

QSize PairGrid::sizeHint() const {
    const int across = qMax(1, qMin(count(), 4));
    return {across * (pair_width + outer_gap) - outer_gap, heightForWidth(across * (pair_width + outer_gap))};
}

int PairGrid::heightForWidth(int width) const {
    const int rows = (count() + columns(width) - 1) / columns(width);
    return qMax(0, rows * (side + theme::space_m) - theme::space_m);
}

QRect PairGrid::area(int index) const {
    const int across = columns(width());
    const int x = (index % across) * (pair_width + outer_gap);
    const QRect left_to_right(x, (index / across) * (side + theme::space_m), pair_width, side);
    return layoutDirection() == Qt::RightToLeft ? left_to_right.translated(width() - 2 * x - pair_width, 0) : left_to_right;
}

void PairGrid::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::SmoothPixmapTransform | QPainter::Antialiasing);
    const auto& palette = colors(this);
    for (int index = 0; index < count(); ++index) {
        const QRect both = area(index);
        if (!both.intersects(event->rect())) continue;
        const QRect left(both.topLeft(), QSize(side, side));
        const QRect right = left.translated(side + inner_gap, 0);
        const bool mirrored = layoutDirection() == Qt::RightToLeft;
        paintPicture(painter, pairs_.at(index).base, mirrored ? right : left, palette);
        paintPicture(painter, pairs_.at(index).candidate, mirrored ? left : right, palette);
    }
}

bool PairGrid::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (int index = 0; index < count(); ++index) {
        if (!area(index).contains(help->pos())) continue;
        QToolTip::showText(help->globalPos(), pairs_.at(index).prompt, this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

}  // namespace ui
