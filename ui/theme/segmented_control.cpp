// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/segmented_control.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int plate_margin = 2;
}

SegmentedControl::SegmentedControl(QWidget* parent) : QWidget(parent) {
    group_ = new QButtonGroup(this);
    row_ = new QHBoxLayout(this);
    row_->setContentsMargins(plate_margin, plate_margin, plate_margin, plate_margin);
    row_->setSpacing(plate_margin);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(group_, &QButtonGroup::idClicked, this, &SegmentedControl::chosen);
}

int SegmentedControl::addSegment(const char* icon_name) {
    auto* segment = new FlatButton(this);
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
