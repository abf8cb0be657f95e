// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QObject>
#include <QString>
#include <memory>

#include "inference/api/result.h"

namespace app {

/// Pictures in full size for a window that never waits: decoded and scaled on a pool, the last ones kept in memory.
/// Every image is in the format that painting needs no conversion for. All functions are called on the GUI thread; all signals
/// arrive there.
class ImageLoader final : public QObject {
    Q_OBJECT
public:
    explicit ImageLoader(QObject* parent = nullptr);
    ~ImageLoader() override;  ///< forgets what waits, waits for what is under way

    /// From memory, or a null image; then it is on its way and `ready` or `failed` follows.
    QImage image(const QString& path);
    QImage inMemory(const QString& path) const;  ///< asks for nothing
    void prefetch(const QString& path);          ///< after everything that is asked for
    void forget(const QString& path);            ///< the file may have changed

    /// Scales in good quality. Each place on the screen has a slot; a newer wish for a slot replaces the older one.
    void scale(int slot, const QImage& image, QSize size);

Q_SIGNALS:
    void ready(QString path, QImage image);
    void failed(QString path, inference::Error error);
    void scaled(int slot, qint64 source_key, QImage image);  ///< source_key: QImage::cacheKey() of what was given

private:
    struct State;
    void request(const QString& path, int priority);
    std::unique_ptr<State> state_;
};

}  // namespace app
