// SPDX-License-Identifier: Apache-2.0
#include "app/library/thumbnail_loader.h"

#include "app/imaging/image_exporter.h"
#include "app/imaging/pixel_image.h"
#include "app/library/thumbnail_cache.h"

#include <QCache>
#include <QMutex>
#include <QSet>
#include <QThreadPool>

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

namespace app {
namespace {

constexpr int memory_kib = 64 * 1024;
constexpr qint64 disk_bytes = 512LL * 1024 * 1024;
constexpr int threads = 2;
constexpr std::size_t max_wishes = 1024;  ///< more than fit on any screen; older ones scrolled away long ago

int costOf(const QImage& image) { return std::max(1, static_cast<int>(image.sizeInBytes() / 1024)); }

/// Whether the picture is so small that it is its own thumbnail.
bool isSmall(QSize size) { return size.width() <= ThumbnailLoader::side && size.height() <= ThumbnailLoader::side; }

QImage makeThumbnail(const ThumbnailCache& cache, const QString& path) {
    const QFileInfo file(path);
    if (!file.isFile()) return {};
    if (QImage cached = cache.read(file); !cached.isNull()) return cached;
    const auto pixels = readImage(path);
    if (!pixels) return {};
    const QImage thumbnail = scaledThumbnail(toDisplayImage(*pixels));
    if (!isSmall({pixels->width, pixels->height})) cache.write(file, thumbnail);
    return thumbnail;
}

}  // namespace

struct ThumbnailLoader::State {
    explicit State(const QString& cache_dir) : disk(cache_dir), memory(memory_kib) {}

    ThumbnailCache disk;
    QCache<QString, QImage> memory;   ///< by path; GUI thread
    QSet<QString> broken;             ///< by path; GUI thread
    QMutex mutex;                     ///< guards the next three
    std::vector<LibraryItem> wishes;  ///< the newest last
    QSet<ItemId> under_way;
    int workers = 0;
    std::atomic<bool> stop{false};
    std::atomic<bool> trimmed{false};
    QThreadPool pool;
};

ThumbnailLoader::ThumbnailLoader(const QString& cache_dir, QObject* parent) : QObject(parent), state_(std::make_unique<State>(cache_dir)) {
    qRegisterMetaType<ItemId>();
    state_->pool.setMaxThreadCount(threads);
    state_->pool.setThreadPriority(QThread::LowPriority);
}

ThumbnailLoader::~ThumbnailLoader() {
    state_->stop = true;
    state_->pool.waitForDone();
}

QImage ThumbnailLoader::thumbnail(const LibraryItem& item) {
    if (const QImage* known = state_->memory.object(item.path)) return *known;
    if (state_->broken.contains(item.path)) return {};
    const QMutexLocker lock(&state_->mutex);
    if (state_->under_way.contains(item.id)) return {};
    std::erase_if(state_->wishes, [&](const LibraryItem& wish) { return wish.id == item.id; });
    state_->wishes.push_back(item);
    if (state_->wishes.size() > max_wishes) state_->wishes.erase(state_->wishes.begin());
    if (state_->workers < threads) {
        ++state_->workers;
        state_->pool.start([this] { work(); });
    }
    return {};
}

void ThumbnailLoader::drop(ItemId id) {
    const QMutexLocker lock(&state_->mutex);
    std::erase_if(state_->wishes, [id](const LibraryItem& wish) { return wish.id == id; });
}

void ThumbnailLoader::retry(const LibraryItem& item) { state_->broken.remove(item.path); }

void ThumbnailLoader::seed(const QString& path, const QImage& thumbnail) {
    state_->broken.remove(path);
    state_->memory.insert(path, new QImage(thumbnail), costOf(thumbnail));
    const bool was_scaled = thumbnail.width() == side || thumbnail.height() == side;
    if (was_scaled) state_->pool.start([this, path, thumbnail] { state_->disk.write(QFileInfo(path), thumbnail); });
}

/// Pool thread: serves the newest wish until there are none.
void ThumbnailLoader::work() {
    while (true) {
        LibraryItem item;
        {
            const QMutexLocker lock(&state_->mutex);
            if (state_->wishes.empty() || state_->stop) {
                --state_->workers;
                break;
            }
            item = std::move(state_->wishes.back());
            state_->wishes.pop_back();
            state_->under_way.insert(item.id);
        }
        QImage image = makeThumbnail(state_->disk, item.path);
        QMetaObject::invokeMethod(
            this, [this, id = item.id, path = item.path, image = std::move(image)] { finish(id, path, image); }, Qt::QueuedConnection);
    }
    if (!state_->stop && !state_->trimmed.exchange(true)) state_->disk.trim(disk_bytes);
}

void ThumbnailLoader::finish(ItemId id, const QString& path, const QImage& image) {
    {
        const QMutexLocker lock(&state_->mutex);
        state_->under_way.remove(id);
    }
    if (image.isNull()) {
        state_->broken.insert(path);
        Q_EMIT failed(id);
        return;
    }
    state_->memory.insert(path, new QImage(image), costOf(image));
    Q_EMIT ready(id, image);
}

}  // namespace app
