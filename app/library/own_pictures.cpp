// SPDX-License-Identifier: Apache-2.0
#include "app/library/own_pictures.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QEvent>
#include <QFile>
#include <QFileInfo>
#include <QThreadPool>
#include <atomic>
#include <cstdint>
#include <span>

#include "app/feedback/signal_store.h"
#include "app/generation/picture_file.h"
#include "app/imaging/image_exporter.h"
#include "app/imaging/pixel_image.h"
#include "app/imaging/safe_file.h"
#include "app/library/library.h"
#include "app/paths/profile_paths.h"

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::Result;

struct OwnPictures::Copied {
    QString path;
    QSize size;
    bool has_alpha = false;
};

struct OwnPictures::Batch {
    QString prompt;
    int left = 0;
    QList<ItemId> items;
    QList<RefusedPicture> refused;
};

struct OwnPictures::State {
    State(Library& pictures, Database& database, QString folder) : library(pictures), store(database), images_dir(std::move(folder)) {
        pool.setMaxThreadCount(1);
    }
    Library& library;
    SignalStore store;
    QString images_dir;
    std::atomic<bool> stop{false};
    QThreadPool pool;
};

namespace {

const char* ending(ImageFormat format) {
    switch (format) {
    case ImageFormat::png: return "png";
    case ImageFormat::webp: return "webp";
    case ImageFormat::tiff: return "tiff";
    case ImageFormat::jpeg: return "jpg";
    }
    return "png";
}

/// "20261124-153012-own-holiday-2.jpg": nothing that is drawn is called so.
QString freePath(const QString& folder, const QString& source, ImageFormat format) {
    const QString stem = folder + QLatin1Char('/') + QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss")) +
        QStringLiteral("-own-") + slugOf(QFileInfo(source).completeBaseName());
    const QString suffix = QLatin1Char('.') + QLatin1String(ending(format));
    QString path = stem + suffix;
    for (int copy = 2; QFile::exists(path); ++copy) path = stem + QLatin1Char('-') + QString::number(copy) + suffix;
    return path;
}

Result<QByteArray> readBytes(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return inference::failure(ErrorCode::io, QString(path + QStringLiteral(": ") + file.errorString()).toStdString());
    if (file.size() > OwnPictures::max_bytes) return inference::failure(ErrorCode::corrupt_file, path.toStdString() + " is over 256 MiB large");
    QByteArray bytes = file.read(OwnPictures::max_bytes);
    if (file.error() != QFileDevice::NoError)
        return inference::failure(ErrorCode::io, QString(path + QStringLiteral(": ") + file.errorString()).toStdString());
    return bytes;
}

}  // namespace

OwnPictures::OwnPictures(Library& library, Database& database, const ProfilePaths& paths, QObject* parent) :
    QObject(parent), state_(std::make_unique<State>(library, database, paths.images_dir)) {}

OwnPictures::~OwnPictures() {
    state_->stop = true;
    state_->pool.waitForDone();
    // What was copied before is in the mail.
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

void OwnPictures::add(const QStringList& files, const QString& prompt) {
    if (files.isEmpty()) return;
    auto batch = std::make_shared<Batch>();
    batch->prompt = prompt;
    batch->left = static_cast<int>(files.size());
    for (const QString& file : files) {
        state_->pool.start([this, file, batch, folder = state_->images_dir] {
            if (state_->stop) return;
            const auto copy = [&]() -> Result<Copied> {
                const auto format = imageFormatInside(file);
                if (!format) return tl::unexpected<Error>(format.error());
                const auto bytes = readBytes(file);
                if (!bytes) return tl::unexpected<Error>(bytes.error());
                const auto pixels = readImage(file);
                if (!pixels) return tl::unexpected<Error>(pixels.error());
                if (pixels->width > max_side || pixels->height > max_side)
                    return inference::failure(ErrorCode::corrupt_file, file.toStdString() + " is over 16384 pixels wide or high");
                const Copied copied{freePath(folder, file, *format), {pixels->width, pixels->height}, hasTransparency(*pixels)};
                const auto* first = reinterpret_cast<const std::uint8_t*>(bytes->constData());
                const auto written = writeFileSafely(copied.path, std::span(first, static_cast<std::size_t>(bytes->size())));
                if (!written) return tl::unexpected<Error>(written.error());
                return copied;
            };
            auto outcome = copy();
            QMetaObject::invokeMethod(
                this,
                [this, file, batch, outcome = std::move(outcome)] {
                    const auto item = outcome ? take(*outcome, batch->prompt) : tl::unexpected<Error>(outcome.error());
                    if (item) batch->items.append(*item);
                    else batch->refused.append({file, item.error()});
                    if (--batch->left == 0) Q_EMIT added(batch->items, batch->refused);
                },
                Qt::QueuedConnection);
        });
    }
}

Result<ItemId> OwnPictures::take(const Copied& copied, const QString& prompt) {
    inference::GenerationRequest request;  // no model: nobody of ours drew it
    request.prompt = prompt.toStdString();
    request.width = copied.size.width();
    request.height = copied.size.height();
    const auto item = state_->library.add(copied.path, request, copied.size, copied.has_alpha, 0.0, 0);
    if (!item) {
        QFile::remove(copied.path);
        return item;
    }
    if (const auto marked = state_->store.markOwn(*item); !marked) {
        // Unmarked it would pass for drawn.
        static_cast<void>(state_->library.moveToTrash({*item}));
        return tl::unexpected<Error>(marked.error());
    }
    return item;
}

bool OwnPictures::isOwn(ItemId item) const { return state_->store.isOwn(item).value_or(false); }

}  // namespace app
