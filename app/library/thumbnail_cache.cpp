// SPDX-License-Identifier: Apache-2.0
#include "app/library/thumbnail_cache.h"

#include "app/library/thumbnail_loader.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QUuid>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace app {
namespace {

constexpr int jpeg_quality = 90;
const QString opaque_ending = QStringLiteral(".jpg");
const QString alpha_ending = QStringLiteral(".png");

bool isOpaque(const QImage& image) {
    if (!image.hasAlphaChannel()) return true;
    const QImage pixels = image.convertToFormat(QImage::Format_ARGB32_Premultiplied);
    for (int y = 0; y < pixels.height(); ++y) {
        const auto* row = reinterpret_cast<const QRgb*>(pixels.constScanLine(y));
        if (std::any_of(row, row + pixels.width(), [](QRgb pixel) { return qAlpha(pixel) != 255; })) return false;
    }
    return true;
}

}  // namespace

QImage scaledThumbnail(const QImage& picture) {
    constexpr int side = ThumbnailLoader::side;
    const QImage source = picture.convertToFormat(picture.hasAlphaChannel() ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32);
    if (source.width() <= side && source.height() <= side) return source;
    const QSize fitted = source.size().scaled(side, side, Qt::KeepAspectRatio).expandedTo({1, 1});
    return source.scaled(fitted, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

QString ThumbnailCache::fileFor(const QFileInfo& picture) const {
    const QString key = picture.absoluteFilePath() + QLatin1Char('\n') + QString::number(picture.lastModified().toMSecsSinceEpoch()) +
        QLatin1Char('\n') + QString::number(picture.size());
    const QString name = QString::fromLatin1(QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Sha1).toHex());
    return directory_ + QLatin1Char('/') + name.left(2) + QLatin1Char('/') + name.mid(2);
}

QImage ThumbnailCache::read(const QFileInfo& picture) const {
    const QString file = fileFor(picture);
    for (const QString& ending : {opaque_ending, alpha_ending}) {
        if (QFile::exists(file + ending)) {
            const QImage image(file + ending);
            if (!image.isNull()) return scaledThumbnail(image);
        }
    }
    return {};
}

void ThumbnailCache::write(const QFileInfo& picture, const QImage& thumbnail) const {
    const QString file = fileFor(picture);
    QDir().mkpath(QFileInfo(file).absolutePath());
    const bool opaque = isOpaque(thumbnail);
    const QString target = file + (opaque ? opaque_ending : alpha_ending);
    const QString temporary = target + QLatin1Char('.') + QUuid::createUuid().toString(QUuid::Id128);
    // Renamed, so that a reader never meets half a file; not flushed, since a damaged one is only made again.
    const bool saved = thumbnail.save(temporary, opaque ? "JPG" : "PNG", opaque ? jpeg_quality : -1);
    if (!saved || std::rename(QFile::encodeName(temporary).constData(), QFile::encodeName(target).constData()) != 0) {
        QFile::remove(temporary);
    }
}

void ThumbnailCache::trim(qint64 max_bytes) const {
    std::vector<QFileInfo> files;
    qint64 total = 0;
    QDirIterator found(directory_, QDir::Files, QDirIterator::Subdirectories);
    while (found.hasNext()) {
        found.next();
        files.push_back(found.fileInfo());
        total += files.back().size();
    }
    if (total <= max_bytes) return;
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.lastModified() < b.lastModified(); });
    for (const QFileInfo& file : files) {
        if (total <= max_bytes) return;
        if (QFile::remove(file.filePath())) total -= file.size();
    }
}

}  // namespace app
