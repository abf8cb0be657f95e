// SPDX-License-Identifier: Apache-2.0
#include "app/imaging/image_tasks.h"

#include <QThreadPool>

namespace app {

struct ImageTasks::State {
    QThreadPool pool;  // its destructor waits
};

ImageTasks::ImageTasks(QObject* parent) : QObject(parent), state_(std::make_unique<State>()) { state_->pool.setMaxThreadCount(1); }

ImageTasks::~ImageTasks() { state_->pool.waitForDone(); }

void ImageTasks::save(const QString& source, const QString& target, const inference::GenerationRequest& request, const ExportOptions& options) {
    state_->pool.start([this, source, target, request, options] {
        const auto pixels = readImage(source);
        inference::Result<void> outcome;
        if (pixels) outcome = writeImage(target, *pixels, request, options);
        else outcome = tl::unexpected<inference::Error>(pixels.error());
        QMetaObject::invokeMethod(this, [this, source, target, outcome] {
            if (outcome) Q_EMIT saved(source, target);
            else Q_EMIT saveFailed(source, target, outcome.error());
        });
    });
}

void ImageTasks::readRequest(const QString& path) {
    state_->pool.start([this, path] {
        const auto request = readEmbeddedRequest(path);
        QMetaObject::invokeMethod(this, [this, path, request] { Q_EMIT requestRead(path, request); });
    });
}

}  // namespace app
