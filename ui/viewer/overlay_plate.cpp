// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/overlay_plate.h"

#include <QHBoxLayout>
#include <QMouseEvent>
#include <QPainter>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

OverlayPlate::OverlayPlate(QWidget* parent) : QWidget(parent), row_(new QHBoxLayout(this)) {
    row_->setContentsMargins(theme::space_xs, theme::space_xs, theme::space_xs, theme::space_xs);
    row_->setSpacing(theme::space_xs);
}

void OverlayPlate::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    theme::paintPlate(painter, rect(), colors(this).overlay, {}, theme::radius);
}

void OverlayPlate::mousePressEvent(QMouseEvent* event) { event->accept(); }
void OverlayPlate::wheelEvent(QWheelEvent* event) { event->accept(); }

OverlayButton::OverlayButton(const char* icon_name, QWidget* parent) : QToolButton(parent) {
    if (icon_name) setIcon(ui::icon(icon_name, IconTone::overlay));
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus);  // a click leaves the keyboard with the picture
    setAttribute(Qt::WA_Hover);
    setFont(theme::font(theme::text_caption, QFont::DemiBold));
}

void OverlayButton::setName(const QString& name, const QString& hint) {
    setAccessibleName(name);
    setToolTip(hint.isEmpty() ? name : hint);
}

QSize OverlayButton::sizeHint() const {
    const int text_width = text().isEmpty() ? 0 : fontMetrics().horizontalAdvance(text());
    const int icon_width = icon().isNull() ? 0 : theme::icon_small;
    const int between = text_width > 0 && icon_width > 0 ? theme::space_xs : 0;
    return {qMax(theme::control_height, text_width + icon_width + between + theme::space_m), theme::control_height};
}

void OverlayButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    if (isEnabled() && (underMouse() || isDown() || isChecked())) theme::paintPlate(painter, rect(), palette.overlay_hover, {}, theme::radius_small);
    if (hasFocus()) theme::paintFocusRing(painter, rect(), palette.focus, theme::radius_small);
    painter.setOpacity(isEnabled() ? 1.0 : 0.45);
    const int text_width = text().isEmpty() ? 0 : fontMetrics().horizontalAdvance(text());
    const int icon_width = icon().isNull() ? 0 : theme::icon_small;
    const int between = text_width > 0 && icon_width > 0 ? theme::space_xs : 0;
    int left = (width() - text_width - icon_width - between) / 2;
    if (icon_width > 0) icon().paint(&painter, QRect(left, (height() - theme::icon_small) / 2, theme::icon_small, theme::icon_small));
    left += icon_width + between;
    painter.setPen(palette.overlay_text);
    if (text_width > 0) painter.drawText(QRect(left, 0, text_width, height()), Qt::AlignCenter, text());
}

}  // namespace ui
