// SPDX-License-Identifier: Apache-2.0
// How single controls are painted; studio_style.cpp says when.
#include <QAbstractSpinBox>
#include <QLineEdit>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>

#include "ui/theme/painting.h"
#include "ui/theme/studio_style.h"
#include "ui/theme/theme.h"

namespace ui::theme {

namespace {
constexpr int scroll_handle = 6;
constexpr int slider_groove = 4;
constexpr int progress_groove = 4;
constexpr int menu_icon_column = 28;
}  // namespace

void StudioStyle::drawButtonPlate(const QStyleOption* option, QPainter* painter, const QWidget*) const {
    const Palette& p = colors(option->palette);
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
    const bool enabled = option->state & State_Enabled;
    const bool down = option->state & State_Sunken;
    const bool on = option->state & State_On;
    const bool hover = (option->state & State_MouseOver) && enabled;
    const bool primary = button && (button->features & QStyleOptionButton::DefaultButton);
    const bool flat = button && (button->features & QStyleOptionButton::Flat);
    QColor fill;
    QColor line;
    if (primary && enabled) {
        fill = down ? p.accent_pressed : hover ? p.accent_hover : p.accent;
    } else if (flat) {
        if (down || on) fill = p.raised_pressed;
        else if (hover) fill = p.raised_hover;
    } else {
        fill = down || on ? p.raised_pressed : hover ? p.raised_hover : p.raised;
        line = on ? p.control_line : p.is_dark ? QColor() : p.hairline;
    }
    paintPlate(*painter, option->rect, fill, line, radius);
}

void StudioStyle::drawToolPlate(const QStyleOption* option, QPainter* painter) const {
    const Palette& p = colors(option->palette);
    const bool enabled = option->state & State_Enabled;
    const bool hover = (option->state & State_MouseOver) && enabled;
    const bool quiet = option->state & State_AutoRaise;
    QColor fill;
    if (option->state & (State_Sunken | State_On)) fill = p.raised_pressed;
    else if (hover) fill = p.raised_hover;
    else if (!quiet) fill = p.raised;
    if (fill.isValid()) paintPlate(*painter, option->rect, fill, !quiet && !p.is_dark ? p.hairline : QColor(), radius);
}

void StudioStyle::drawIconAndWords(const QStyleOption* option, const QIcon& icon, const QSize& icon_size, const QString& words, const QColor& ink,
                                   QPainter* painter) const {
    const int gap = space_s - 2;
    const int words_width = option->fontMetrics.horizontalAdvance(words);
    const int left = option->rect.left() + (option->rect.width() - icon_size.width() - gap - words_width) / 2;
    const auto place = [&](const QRect& logical) { return visualRect(option->direction, option->rect, logical); };
    const QRect glyph = place({left, option->rect.center().y() - icon_size.height() / 2 + 1, icon_size.width(), icon_size.height()});
    icon.paint(painter, glyph, Qt::AlignCenter, option->state & State_Enabled ? QIcon::Normal : QIcon::Disabled);
    painter->setPen(ink);
    painter->drawText(place({left + icon_size.width() + gap, option->rect.top(), words_width + 1, option->rect.height()}),
                      Qt::AlignVCenter | Qt::TextSingleLine, words);
}

void StudioStyle::drawField(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const Palette& p = colors(option->palette);
    const bool enabled = option->state & State_Enabled;
    const bool hover = (option->state & State_MouseOver) && enabled;
    const bool focused =
        widget ? widget->hasFocus() || (widget->focusProxy() && widget->focusProxy()->hasFocus()) : bool(option->state & State_HasFocus);
    paintPlate(*painter, option->rect, enabled ? p.field : p.chrome, hover ? p.text_disabled : p.control_line, radius);
    if (focused && enabled) paintFocusRing(*painter, option->rect, p.focus, radius);
}

void StudioStyle::drawCheckMark(const QStyleOption* option, QPainter* painter, bool round) const {
    const Palette& p = colors(option->palette);
    const QRectF box = option->rect;
    const double corner = round ? box.width() / 2 : radius_small;
    const bool on = option->state & State_On;
    const bool enabled = option->state & State_Enabled;
    const QColor ink = enabled ? p.accent : p.raised_pressed;
    paintPlate(*painter, box, on ? ink : p.field, on ? QColor() : (option->state & State_MouseOver) ? p.text_secondary : p.control_line, corner);
    if (!on) return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (round) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(p.accent_text);
        painter->drawEllipse(box.center(), box.width() / 5, box.width() / 5);
    } else {
        painter->setPen(QPen(p.accent_text, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        QPainterPath tick(QPointF(box.left() + box.width() * 0.25, box.top() + box.height() * 0.52));
        tick.lineTo(box.left() + box.width() * 0.43, box.top() + box.height() * 0.70);
        tick.lineTo(box.left() + box.width() * 0.76, box.top() + box.height() * 0.32);
        painter->drawPath(tick);
    }
    painter->restore();
}

void StudioStyle::drawMenuItem(const QStyleOption* option, QPainter* painter, const QWidget*) const {
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    if (!item) return;
    const Palette& p = colors(option->palette);
    painter->fillRect(item->rect, p.raised);
    if (item->menuItemType == QStyleOptionMenuItem::Separator) {
        const QRect line(item->rect.left() + space_xs, item->rect.center().y(), item->rect.width() - space_s, 1);
        painter->fillRect(line, p.is_dark ? p.raised_pressed : p.hairline);
        return;
    }
    const bool enabled = item->state & State_Enabled;
    if ((item->state & State_Selected) && enabled) paintPlate(*painter, item->rect.adjusted(0, 1, 0, -1), p.selection, {}, radius_small);

    const auto place = [&](const QRect& logical) { return visualRect(item->direction, item->rect, logical); };
    const QRect icon_rect =
        place(QRect(item->rect.left() + (menu_icon_column - icon_small) / 2, item->rect.center().y() - icon_small / 2, icon_small, icon_small));
    if (item->checkType != QStyleOptionMenuItem::NotCheckable && item->checked)
        ui::icon("check").paint(painter, icon_rect, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    else if (!item->icon.isNull()) item->icon.paint(painter, icon_rect, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);

    const int tab = static_cast<int>(item->text.indexOf(QLatin1Char('\t')));
    const QString label = tab < 0 ? item->text : item->text.left(tab);
    const QString shortcut = tab < 0 ? QString() : item->text.mid(tab + 1);
    const QRect text_rect = place(item->rect.adjusted(menu_icon_column, 0, -space_m, 0));
    painter->setFont(item->font);
    painter->setPen(enabled ? p.text : p.text_disabled);
    painter->drawText(text_rect, Qt::AlignVCenter | Qt::AlignLeading | Qt::TextHideMnemonic | Qt::TextSingleLine, label);
    if (!shortcut.isEmpty()) {
        painter->setPen(enabled ? p.text_secondary : p.text_disabled);
        painter->drawText(text_rect, Qt::AlignVCenter | Qt::AlignTrailing | Qt::TextSingleLine, shortcut);
    }
    if (item->menuItemType == QStyleOptionMenuItem::SubMenu) {
        const QRect arrow =
            place(QRect(item->rect.right() - icon_small - space_xs, item->rect.center().y() - icon_small / 2, icon_small, icon_small));
        ui::icon(item->direction == Qt::RightToLeft ? "chevron-left" : "chevron-right", IconTone::secondary).paint(painter, arrow);
    }
}

void StudioStyle::drawMenuBarItem(const QStyleOption* option, QPainter* painter, const QWidget*) const {
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    if (!item) return;
    const Palette& p = colors(option->palette);
    painter->fillRect(item->rect, p.chrome);
    if (item->state & (State_Selected | State_Sunken)) paintPlate(*painter, item->rect.adjusted(0, 1, 0, -1), p.raised_pressed, {}, radius_small);
    painter->setPen((item->state & State_Enabled) ? p.text : p.text_disabled);
    painter->drawText(item->rect, Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextSingleLine, item->text);
}

void StudioStyle::drawProgressBar(const QStyleOption* option, QPainter* painter) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option);
    if (!bar) return;
    const Palette& p = colors(option->palette);
    QRectF groove = bar->rect;
    groove.setTop(groove.center().y() - progress_groove / 2.0);
    groove.setHeight(progress_groove);
    paintPlate(*painter, groove, p.raised_pressed, {}, progress_groove / 2.0);
    const int range = bar->maximum - bar->minimum;
    if (range <= 0) return;
    QRectF done = groove;
    const double part = static_cast<double>(bar->progress - bar->minimum) / range;
    done.setWidth(groove.width() * qBound(0.0, part, 1.0));
    if (bar->direction == Qt::RightToLeft) done.moveRight(groove.right());
    if (done.width() > 0) paintPlate(*painter, done, p.focus, {}, progress_groove / 2.0);
}

void StudioStyle::drawScrollBar(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (!bar || bar->maximum <= bar->minimum) return;
    const Palette& p = colors(option->palette);
    QRectF handle = subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget);
    const double side = scroll_handle;
    if (bar->orientation == Qt::Horizontal) handle = QRectF(handle.left() + 2, handle.center().y() - side / 2, handle.width() - 4, side);
    else handle = QRectF(handle.center().x() - side / 2, handle.top() + 2, side, handle.height() - 4);
    const bool busy = option->state & (State_MouseOver | State_Sunken);
    paintPlate(*painter, handle, busy ? p.text_secondary : p.text_disabled, {}, side / 2);
}

void StudioStyle::drawSlider(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (!slider) return;
    const Palette& p = colors(option->palette);
    const bool horizontal = slider->orientation == Qt::Horizontal;
    const QRectF all = slider->rect;
    const QRectF handle = QProxyStyle::subControlRect(CC_Slider, option, SC_SliderHandle, widget);
    QRectF groove = all;
    if (horizontal) groove = QRectF(all.left(), all.center().y() - slider_groove / 2.0, all.width(), slider_groove);
    else groove = QRectF(all.center().x() - slider_groove / 2.0, all.top(), slider_groove, all.height());
    paintPlate(*painter, groove, p.raised_pressed, {}, slider_groove / 2.0);
    const double side = pixelMetric(PM_SliderLength, option, widget);
    const QRectF knob(handle.center().x() - side / 2, handle.center().y() - side / 2, side, side);
    const bool enabled = option->state & State_Enabled;
    paintPlate(*painter, knob, enabled ? p.text_secondary : p.text_disabled, p.chrome, side / 2);
    if ((option->state & State_HasFocus) && (option->state & State_KeyboardFocusChange))
        paintFocusRing(*painter, knob.adjusted(-1, -1, 1, 1), p.focus, side / 2 + 1);
}

void StudioStyle::drawComboBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const Palette& p = colors(option->palette);
    const bool enabled = option->state & State_Enabled;
    const bool hover = (option->state & State_MouseOver) && enabled;
    paintPlate(*painter, option->rect, hover ? p.raised_hover : p.raised, p.is_dark ? QColor() : p.hairline, radius);
    const QRect arrow = subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget);
    const QRect glyph(arrow.center().x() - icon_small / 2, arrow.center().y() - icon_small / 2, icon_small, icon_small);
    ui::icon("chevron-down", IconTone::secondary).paint(painter, glyph, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    if ((option->state & State_HasFocus) && (option->state & State_KeyboardFocusChange)) paintFocusRing(*painter, option->rect, p.focus, radius);
}

}  // namespace ui::theme
