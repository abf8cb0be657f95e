// SPDX-License-Identifier: Apache-2.0
#include "ui/duel/duel_button.h"

#include <QPainter>
#include <QTimer>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int flash_ms = 160;
constexpr int key_side = 20;
constexpr int height_px = 40;
}  // namespace

DuelButton::DuelButton(const char* icon_name, const char* key_icon_name, QWidget* parent) : QAbstractButton(parent), key_(ui::icon(key_icon_name)) {
    setIcon(ui::icon(icon_name));
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::TabFocus);  // a click leaves the keyboard with the pictures
    setCursor(Qt::PointingHandCursor);
}

void DuelButton::setWords(const QString& text, const QString& hint) {
    setText(text);
    setAccessibleName(text);
    setToolTip(hint);
    updateGeometry();
}

void DuelButton::flash() {
    ++flashes_;
    update();
    QTimer::singleShot(flash_ms, this, [this] {
        --flashes_;
        update();
    });
}

QSize DuelButton::sizeHint() const {
    const int words = QFontMetrics(theme::font(theme::text_body)).horizontalAdvance(text());
    return {theme::space_m + theme::icon_small + theme::space_s + words + theme::space_m + key_side + theme::space_m, height_px};
}

void DuelButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& palette = colors(this);
    const bool pressed = isDown() || flashes_ > 0;
    const QColor plate = pressed ? palette.raised_pressed : underMouse() && isEnabled() ? palette.raised_hover : palette.raised;
    theme::paintPlate(painter, rect(), plate, palette.hairline, theme::radius);
    if (hasFocus()) theme::paintFocusRing(painter, rect(), palette.focus, theme::radius);
    const auto mode = isEnabled() ? QIcon::Normal : QIcon::Disabled;
    int x = theme::space_m;
    icon().paint(&painter, {x, (height() - theme::icon_small) / 2, theme::icon_small, theme::icon_small}, Qt::AlignCenter, mode);
    x += theme::icon_small + theme::space_s;
    painter.setFont(theme::font(theme::text_body));
    painter.setPen(isEnabled() ? palette.text : palette.text_disabled);
    const QRect cap(width() - theme::space_m - key_side, (height() - key_side) / 2, key_side, key_side);
    painter.drawText(QRect(x, 0, cap.left() - theme::space_s - x, height()), Qt::AlignVCenter | Qt::AlignLeading, text());
    theme::paintPlate(painter, cap, palette.field, palette.control_line, theme::radius_small);
    constexpr int inset = 4;
    key_.paint(&painter, cap.adjusted(inset, inset, -inset, -inset), Qt::AlignCenter, mode);
}

}  // namespace ui
