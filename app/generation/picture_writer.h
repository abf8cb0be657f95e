// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inference/api/engine.h"
#include "inference/api/result.h"

#include <QImage>
#include <QString>
#include <QThreadPool>

#include <atomic>
#include <functional>
#include <memory>

namespace app {

/// Writes pictures on one thread of its own, in the order in which they are handed over: a job's count of stored images
/// then always means its first images.
class PictureWriter final {
public:
    struct Task {
        QString path;
        std::shared_ptr<const inference::RenderedImage> image;
        std::shared_ptr<std::atomic<bool>> job_failed;  ///< once one file of a job failed, the later ones are not tried
    };
    struct Outcome {
        inference::Result<void> written;
        QImage thumbnail;        ///< null when not written
        bool has_alpha = false;  ///< some pixel is not opaque
    };

    PictureWriter();
    ~PictureWriter();

    /// `on_done` runs on the writer's thread.
    void write(Task task, std::function<void(Task, Outcome)> on_done);
    void waitForDone();

private:
    QThreadPool pool_;
};

}  // namespace app
