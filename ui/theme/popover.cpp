// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/popover.h"

#include <QPainter>
#include <QScreen>
#include <QVBoxLayout>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

Popover::Popover(QWidget* parent) : QFrame(parent, Qt::Popup) {}

Popover::Popover(QWidget* content, QWidget* parent) : Popover(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->addWidget(content);
}

void Popover::openBelow(const QWidget* anchor) {
    adjustSize();
    QPoint corner = anchor->mapToGlobal(QPoint(anchor->width() - width(), anchor->height() + theme::space_xs));
    if (const QScreen* screen = anchor->screen()) {
        const QRect room = screen->availableGeometry();
        corner.setX(qBound(room.left(), corner.x(), qMax(room.left(), room.right() - width())));
        corner.setY(qBound(room.top(), corner.y(), qMax(room.top(), room.bottom() - height())));
    }
    move(corner);
    show();
    setFocus();
}

void Popover::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Palette& p = colors(this);
    theme::paintPlate(painter, rect(), p.chrome, p.is_dark ? p.control_line : p.hairline, 0);
}

}  // namespace ui
