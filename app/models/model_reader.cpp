// SPDX-License-Identifier: Apache-2.0
#include "app/models/model_reader.h"

#include <utility>

namespace app {

using inference::ErrorCode;

ModelReader::ModelReader(ModelBackend backend, QObject* parent) : QObject(parent), backend_(std::move(backend)) {
    descriptions_.setMaxThreadCount(1);
    hashes_.setMaxThreadCount(1);
    hashes_.setThreadPriority(QThread::LowPriority);
}

ModelReader::~ModelReader() {
    stop_.request_stop();
    descriptions_.clear();
    hashes_.clear();
    descriptions_.waitForDone();
    hashes_.waitForDone();
}

void ModelReader::describe(const ModelLocation& location, Described on_done) {
    descriptions_.start([this, location, on_done = std::move(on_done), stop = stop_.get_token()] {
        auto described =
            backend_.describe ? backend_.describe(location, stop) : inference::failure(ErrorCode::internal, "this program cannot look into models");
        QMetaObject::invokeMethod(
            this, [on_done, described = std::move(described)] { on_done(described); }, Qt::QueuedConnection);
    });
}

void ModelReader::identify(const ModelLocation& location, std::function<void(double)> on_fraction, Identified on_done) {
    hashes_.start([this, location, on_fraction = std::move(on_fraction), on_done = std::move(on_done), stop = stop_.get_token()] {
        int last_percent = -1;
        const auto report = [&](const inference::LoadProgress& progress) {
            const int percent = static_cast<int>(progress.fraction * 100);
            if (percent == last_percent) return;
            last_percent = percent;
            QMetaObject::invokeMethod(
                this, [on_fraction, fraction = progress.fraction] { on_fraction(fraction); }, Qt::QueuedConnection);
        };
        auto identity = backend_.identify ? backend_.identify(location, report, stop)
                                          : inference::failure(ErrorCode::internal, "this program cannot identify models");
        QMetaObject::invokeMethod(
            this, [on_done, identity = std::move(identity)] { on_done(identity); }, Qt::QueuedConnection);
    });
}

}  // namespace app
