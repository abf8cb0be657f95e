// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QObject>
#include <memory>

#include "app/library/library_item.h"

namespace app {

/// Makes and caches thumbnails off the GUI thread. The newest wish is served first, since it is what is on screen.
class ThumbnailLoader final : public QObject {
    Q_OBJECT
public:
    static constexpr int side = 256;  ///< pixels; thumbnails fit into a square of this side

    explicit ThumbnailLoader(const QString& cache_dir, QObject* parent = nullptr);
    ~ThumbnailLoader() override;

    /// From memory, or a null image; then it is on its way and `ready` follows.
    QImage thumbnail(const LibraryItem& item);
    void drop(ItemId id);                 ///< forget a wish that scrolled away
    void retry(const LibraryItem& item);  ///< a failed picture may be tried again (its file came back)

    /// A picture that was just written: its thumbnail is known without decoding it.
    void seed(const QString& path, const QImage& thumbnail);

Q_SIGNALS:
    void ready(app::ItemId id, QImage image);
    void failed(app::ItemId id);  ///< the file is missing or broken; thumbnail() stays null until retry()

private:
    struct State;
    void work();
    void finish(ItemId id, const QString& path, const QImage& image);
    std::unique_ptr<State> state_;
};

}  // namespace app
