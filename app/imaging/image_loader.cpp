// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/image_loader.h"

#include <QCache>
#include <QHash>
#include <QSet>
#include <QThreadPool>
#include <atomic>

#include "app/imaging/image_exporter.h"
#include "app/imaging/pixel_image.h"

namespace app {

namespace {
constexpr int cache_kib = 256 * 1024;
constexpr int prefetch_priority = 0;
constexpr int wanted_priority = 1;
constexpr int scale_priority = 2;  // milliseconds, and what is on the screen waits for it

int costKib(const QImage& image) { return 1 + static_cast<int>(image.sizeInBytes() / 1024); }
}  // namespace

struct ImageLoader::State {
    QCache<QString, QImage> cache{cache_kib};
    QSet<QString> under_way;
    QHash<int, std::shared_ptr<std::atomic<int>>> slots_newest;
    QThreadPool pool;
};

ImageLoader::ImageLoader(QObject* parent) : QObject(parent), state_(std::make_unique<State>()) { state_->pool.setMaxThreadCount(2); }

ImageLoader::~ImageLoader() {
    state_->pool.clear();
    state_->pool.waitForDone();
}

QImage ImageLoader::inMemory(const QString& path) const {
    const QImage* known = state_->cache.object(path);
    return known ? *known : QImage();
}

QImage ImageLoader::image(const QString& path) {
    if (const QImage* known = state_->cache.object(path)) return *known;
    request(path, wanted_priority);
    return {};
}

void ImageLoader::prefetch(const QString& path) {
    if (!state_->cache.contains(path)) request(path, prefetch_priority);
}

void ImageLoader::forget(const QString& path) { state_->cache.remove(path); }

void ImageLoader::request(const QString& path, int priority) {
    if (state_->under_way.contains(path)) return;
    state_->under_way.insert(path);
    state_->pool.start(
        [this, path] {
            const auto pixels = readImage(path);
            QImage image;
            if (pixels) image = toDisplayImage(*pixels);
            inference::Error error;
            if (!pixels) error = pixels.error();
            QMetaObject::invokeMethod(this, [this, path, image, error] {
                state_->under_way.remove(path);
                if (image.isNull()) {
                    Q_EMIT failed(path, error);
                    return;
                }
                state_->cache.insert(path, new QImage(image), costKib(image));
                Q_EMIT ready(path, image);
            });
        },
        priority);
}

void ImageLoader::scale(int slot, const QImage& image, QSize size) {
    auto& newest = state_->slots_newest[slot];
    if (!newest) newest = std::make_shared<std::atomic<int>>(0);
    const int ticket = ++*newest;
    state_->pool.start(
        [this, slot, image, size, ticket, newest = newest] {
            if (*newest != ticket) return;
            QImage result = image.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
            if (*newest != ticket) return;
            QMetaObject::invokeMethod(this, [this, slot, key = image.cacheKey(), result, ticket, newest] {
                if (*newest == ticket) Q_EMIT scaled(slot, key, result);
            });
        },
        scale_priority);
}

}  // namespace app
