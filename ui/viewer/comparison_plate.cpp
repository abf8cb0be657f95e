// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/comparison_plate.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>

#include "ui/theme/theme.h"

namespace ui {

ComparisonPlate::ComparisonPlate(QWidget* parent) : OverlayPlate(parent), label_(new QLabel(this)) {
    label_->setTextFormat(Qt::PlainText);
    row()->setContentsMargins(theme::space_m, theme::space_xs, theme::space_m, theme::space_xs);
    row()->addWidget(label_);
    writeOnOverlay();
}

void ComparisonPlate::showText(const QString& text) {
    label_->setText(text);
    setAccessibleName(text);
}

QString ComparisonPlate::text() const { return label_->text(); }

void ComparisonPlate::writeOnOverlay() {
    QPalette palette = label_->palette();
    if (palette.color(QPalette::WindowText) == colors(this).overlay_text) return;
    palette.setColor(QPalette::WindowText, colors(this).overlay_text);
    label_->setPalette(palette);
}

void ComparisonPlate::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) writeOnOverlay();
    OverlayPlate::changeEvent(event);
}

}  // namespace ui
