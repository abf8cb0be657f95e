// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/segmented_control.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>
#include <QStyleOptionToolButton>
#include <QStylePainter>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int plate_margin = 2;

/// One choice. The chosen one lies on a plate of its own, which stands out from the plate below it in both themes.
class Segment final : public FlatButton {
public:
    using FlatButton::FlatButton;

protected:
    void paintEvent(QPaintEvent*) override {
        QStylePainter painter(this);
        QStyleOptionToolButton option;
        initStyleOption(&option);
        const theme::Palette& p = colors(this);
        const bool hovered = option.state & QStyle::State_MouseOver;
        if (isChecked()) theme::paintPlate(painter, rect(), p.is_dark ? p.raised_pressed : p.raised_hover, {}, theme::radius);
        else if (hovered) theme::paintPlate(painter, rect(), p.is_dark ? p.raised : p.chrome, {}, theme::radius);
        painter.drawControl(QStyle::CE_ToolButtonLabel, option);
        if (hasFocus()) theme::paintFocusRing(painter, rect(), p.focus, theme::radius);
    }
};
}  // namespace

SegmentedControl::SegmentedControl(QWidget* parent) : QWidget(parent) {
    group_ = new QButtonGroup(this);
    row_ = new QHBoxLayout(this);
    row_->setContentsMargins(plate_margin, plate_margin, plate_margin, plate_margin);
    row_->setSpacing(plate_margin);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(group_, &QButtonGroup::idClicked, this, &SegmentedControl::chosen);
}

int SegmentedControl::addSegment(const char* icon_name) {
    auto* segment = new Segment(this);
    segment->setCheckable(true);
    segment->setToolButtonStyle(icon_name ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonTextOnly);
    if (icon_name) segment->setIconName(icon_name);
    segment->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    segment->setMinimumHeight(theme::control_height - 2 * plate_margin);
    segment->setMaximumHeight(theme::control_height - 2 * plate_margin);
    const int index = static_cast<int>(group_->buttons().size());
    group_->addButton(segment, index);
    row_->addWidget(segment, 1);
    if (index == 0) segment->setChecked(true);
    return index;
}

void SegmentedControl::setSegmentText(int index, const QString& text, const QString& tooltip) {
    QAbstractButton* segment = group_->button(index);
    segment->setText(text);
    segment->setAccessibleName(text);
    segment->setToolTip(tooltip);
}

int SegmentedControl::current() const { return group_->checkedId(); }

void SegmentedControl::setCurrent(int index) {
    if (QAbstractButton* segment = group_->button(index)) segment->setChecked(true);
}

void SegmentedControl::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Palette& p = colors(this);
    theme::paintPlate(painter, rect(), p.is_dark ? p.field : p.raised_pressed, {}, theme::radius + plate_margin);
}

}  // namespace ui
