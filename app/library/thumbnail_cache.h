// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFileInfo>
#include <QImage>
#include <QString>

namespace app {

/// Fits into ThumbnailLoader::side, ready to paint, smooth; never enlarged.
QImage scaledThumbnail(const QImage& picture);

/// Thumbnails on disk, named after the picture's path, time and size: a picture that changes is made again. Any thread.
class ThumbnailCache final {
public:
    explicit ThumbnailCache(QString directory) : directory_(std::move(directory)) {}

    QImage read(const QFileInfo& picture) const;  ///< null when there is none or it is damaged
    void write(const QFileInfo& picture, const QImage& thumbnail) const;
    void trim(qint64 max_bytes) const;  ///< removes the oldest until the rest fits

private:
    QString fileFor(const QFileInfo& picture) const;  ///< without its ending

    QString directory_;
};

}  // namespace app
