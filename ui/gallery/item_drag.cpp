// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/item_drag.h"

#include <QLocale>
#include <QMimeData>
#include <QPainter>
#include <QPixmap>
#include <QUrl>
#include <QWidget>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

QMimeData* pictureMimeData(const QStringList& files, const QImage& image) {
    auto* mime = new QMimeData;
    QList<QUrl> urls;
    urls.reserve(files.size());
    for (const QString& file : files) urls.append(QUrl::fromLocalFile(file));
    mime->setUrls(urls);
    if (files.size() == 1 && !image.isNull()) mime->setImageData(image);
    return mime;
}

QPixmap dragPixmap(const QImage& thumbnail, int count, const QWidget* source) {
    constexpr int side = 4 * theme::space_xl;
    const qreal ratio = source->devicePixelRatioF();
    const auto& palette = colors(source);
    QPixmap pixmap((QSizeF(side, side) * ratio).toSize());
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (thumbnail.isNull()) {
        theme::paintPlate(painter, QRectF(0, 0, side, side), palette.raised, palette.control_line, theme::radius_small);
    } else {
        const QSizeF fitted = QSizeF(thumbnail.size()).scaled(side, side, Qt::KeepAspectRatio);
        painter.drawImage(QRectF(QPointF((side - fitted.width()) / 2, (side - fitted.height()) / 2), fitted), thumbnail);
    }
    if (count > 1) {
        painter.setFont(theme::font(theme::text_caption, QFont::DemiBold));
        const QString text = QLocale().toString(count);
        const int width = qMax(theme::space_xl, painter.fontMetrics().horizontalAdvance(text) + theme::space_m);
        const QRectF badge(side - width, side - theme::space_xl, width, theme::space_xl);
        theme::paintPlate(painter, badge, palette.accent, {}, theme::radius);
        painter.setPen(palette.accent_text);
        painter.drawText(badge, Qt::AlignCenter, text);
    }
    return pixmap;
}

}  // namespace ui
