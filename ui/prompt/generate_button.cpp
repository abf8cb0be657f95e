// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/generate_button.h"

#include <QPainter>
#include <QStyleOptionButton>
#include <QStylePainter>

#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr double hint_opacity = 0.8;
}

GenerateButton::GenerateButton(QWidget* parent) : QPushButton(parent) {
    setDefault(true);
    setFont(theme::font(theme::text_body, QFont::DemiBold));
    setMinimumHeight(theme::primary_height);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus);
}

void GenerateButton::setKeyHint(const QString& hint) {
    hint_ = hint;
    update();
}

QSize GenerateButton::sizeHint() const { return {QPushButton::sizeHint().width(), theme::primary_height}; }

void GenerateButton::paintEvent(QPaintEvent*) {
    QStylePainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    const QString words = option.text;
    option.text.clear();
    painter.drawControl(QStyle::CE_PushButton, option);

    const theme::Palette& p = colors(this);
    const QRect inside = rect().adjusted(theme::space_l, 0, -theme::space_m, 0);
    painter.setPen(isEnabled() ? p.accent_text : p.text_disabled);
    const QFont small = theme::font(theme::text_caption);
    const int hint_width = hint_.isEmpty() ? 0 : QFontMetrics(small).horizontalAdvance(hint_) + theme::space_s;
    const bool room = inside.width() >= fontMetrics().horizontalAdvance(words) + hint_width;
    painter.setFont(font());
    painter.drawText(inside, Qt::AlignVCenter | (room && hint_width > 0 ? Qt::AlignLeading : Qt::AlignHCenter), words);
    if (!room || hint_.isEmpty()) return;
    painter.setFont(small);
    painter.setOpacity(hint_opacity);
    painter.drawText(inside, Qt::AlignVCenter | Qt::AlignTrailing, hint_);
}

}  // namespace ui
