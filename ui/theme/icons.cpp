// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QLoggingCategory>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "ui/theme/palette.h"
#include "ui/theme/resources.h"

namespace ui {

namespace {

Q_LOGGING_CATEGORY(log_theme, "fuselight.theme")

constexpr double svg_grid = 24.0;      // Lucide's own
constexpr double stroke_pixels = 1.5;  // at every size, so that 16 and 20 px icons look like one set

/// Draws a line icon in the colour of its tone when it is asked for, so that a change of theme needs no new icons.
class LineIconEngine final : public QIconEngine {
public:
    LineIconEngine(QString name, QByteArray svg, IconTone tone) : name_(std::move(name)), svg_(std::move(svg)), tone_(tone) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        QPixmap image = draw((QSizeF(rect.size()) * ratio).toSize(), ratio, mode, state);
        painter->drawPixmap(rect, image);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override { return draw(size, 1.0, mode, state); }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override { return draw(size, scale, mode, state); }

    QIconEngine* clone() const override { return new LineIconEngine(*this); }
    bool isNull() override { return svg_.isEmpty(); }
    QString iconName() override { return name_; }

private:
    QColor color(QIcon::Mode mode) const {
        const theme::Palette& p = colors(QGuiApplication::palette());
        if (mode == QIcon::Disabled) return p.text_disabled;
        switch (tone_) {
        case IconTone::text: return p.text;
        case IconTone::secondary: return mode == QIcon::Active ? p.text : p.text_secondary;
        case IconTone::accent_text: return p.accent_text;
        case IconTone::overlay: return p.overlay_text;
        case IconTone::star: return p.star;
        case IconTone::danger: return p.danger;
        case IconTone::warning: return p.warning;
        }
        return p.text;
    }

    QPixmap draw(const QSize& device_size, qreal ratio, QIcon::Mode mode, QIcon::State) const {
        const QColor ink = color(mode);
        const QString key = QStringLiteral("fuselight/%1/%2/%3x%4@%5")
                                .arg(name_, ink.name(QColor::HexArgb))
                                .arg(device_size.width())
                                .arg(device_size.height())
                                .arg(ratio);
        QPixmap result;
        if (QPixmapCache::find(key, &result)) return result;

        const int side = qMin(device_size.width(), device_size.height());
        const double stroke = side > 0 ? stroke_pixels * ratio * svg_grid / side : 2.0;
        QByteArray svg = svg_;
        svg.replace("currentColor", ink.name().toLatin1());
        svg.replace("stroke-width=\"2\"", QByteArray("stroke-width=\"" + QByteArray::number(stroke, 'f', 3) + '"'));
        QSvgRenderer renderer(svg);
        result = QPixmap(device_size);
        result.fill(Qt::transparent);
        QPainter painter(&result);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setOpacity(ink.alphaF());
        renderer.render(&painter, QRectF((device_size.width() - side) / 2.0, (device_size.height() - side) / 2.0, side, side));
        painter.end();
        result.setDevicePixelRatio(ratio);
        QPixmapCache::insert(key, result);
        return result;
    }

    QString name_;
    QByteArray svg_;
    IconTone tone_;
};

}  // namespace

QIcon icon(const char* name, IconTone tone) {
    registerResources();
    const QString key = QString::fromLatin1(name);
    QFile file(QStringLiteral(":/icons/%1.svg").arg(key));
    if (!file.open(QIODevice::ReadOnly)) {
        qCWarning(log_theme) << "no icon named" << key;
        return {};
    }
    return QIcon(new LineIconEngine(key, file.readAll(), tone));
}

}  // namespace ui
