// SPDX-License-Identifier: Apache-2.0
#include "app/generation/picture_writer.h"

#include "app/imaging/image_exporter.h"
#include "app/imaging/pixel_image.h"
#include "app/library/thumbnail_cache.h"

#include <QDir>
#include <QFileInfo>

#include <utility>

namespace app {
namespace {

PictureWriter::Outcome writeNow(const PictureWriter::Task& task) {
    PictureWriter::Outcome outcome;
    if (*task.job_failed) {
        outcome.written = inference::failure(inference::ErrorCode::io, "an earlier image of the job could not be stored");
        return outcome;
    }
    QDir().mkpath(QFileInfo(task.path).absolutePath());
    outcome.written = writeImage(task.path, task.image->pixels, task.image->request, ExportOptions{});
    if (!outcome.written) {
        *task.job_failed = true;
        return outcome;
    }
    outcome.has_alpha = hasTransparency(task.image->pixels);
    outcome.thumbnail = scaledThumbnail(toDisplayImage(task.image->pixels));
    return outcome;
}

}  // namespace

PictureWriter::PictureWriter() {
    pool_.setMaxThreadCount(1);
    pool_.setThreadPriority(QThread::LowPriority);
}

PictureWriter::~PictureWriter() { pool_.waitForDone(); }

void PictureWriter::write(Task task, std::function<void(Task, Outcome)> on_done) {
    pool_.start([task = std::move(task), on_done = std::move(on_done)] { on_done(task, writeNow(task)); });
}

void PictureWriter::waitForDone() { pool_.waitForDone(); }

}  // namespace app
