// SPDX-License-Identifier: Apache-2.0
#include "ui/queue/job_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <cmath>

#include "ui/errors/error_text.h"

namespace ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::JobText)
};

constexpr double second_ms = 1000.0;
constexpr double minute_ms = 60.0 * second_ms;

QString joined(QStringList parts) {
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString sizeOf(const app::Job& job) {
    return job.request.width > 0 && job.request.height > 0 ? sizeText(job.request.width, job.request.height) : QString();
}

}  // namespace

QString jobTitle(const app::Job& job) {
    const QString prompt = QString::fromStdString(job.request.prompt).simplified();
    return prompt.isEmpty() ? Words::tr("Drawn without a prompt") : prompt;
}

QString jobStatus(const app::Job& job) {
    const QString pictures = pictureCountText(job.request.num_images);
    const QString best_of = bestOfText(job.request.candidates);
    switch (job.state) {
    case app::JobState::waiting: return joined({Words::tr("Waiting"), pictures, best_of, sizeOf(job)});
    case app::JobState::running: return joined({percentText(job.fraction), pictures, best_of, remainingText(job.remaining_ms)});
    case app::JobState::done:
        //: %1: "4 pictures", %2: "12.3 s"
        return joined({Words::tr("%1 in %2").arg(pictureCountText(job.images_done), durationText(job.elapsed_ms)), best_of, sizeOf(job)});
    case app::JobState::failed: return errorLine(job.error);
    case app::JobState::cancelled:
        return joined({Words::tr("Cancelled"), job.images_done > 0 ? Words::tr("%1 kept").arg(pictureCountText(job.images_done)) : QString()});
    }
    return {};
}

QString remainingText(double remaining_ms) {
    if (!(remaining_ms > 0)) return {};
    if (remaining_ms < minute_ms) {
        const int seconds = std::max(1, static_cast<int>(std::lround(remaining_ms / second_ms)));
        return Words::tr("about %1 s left").arg(QLocale().toString(seconds));
    }
    return Words::tr("about %1 min left").arg(QLocale().toString(static_cast<int>(std::lround(remaining_ms / minute_ms))));
}

QString durationText(double elapsed_ms) {
    if (elapsed_ms < minute_ms) return Words::tr("%1 s").arg(QLocale().toString(elapsed_ms / second_ms, 'f', 1));
    const auto seconds = static_cast<qint64>(elapsed_ms / second_ms);
    return Words::tr("%1 min %2 s").arg(QLocale().toString(seconds / 60), QLocale().toString(seconds % 60));
}

QString percentText(double fraction) {
    return Words::tr("%1 %").arg(QLocale().toString(static_cast<int>(std::floor(qBound(0.0, fraction, 1.0) * 100))));
}

QString sizeText(int width, int height) { return Words::tr("%1 × %2").arg(QString::number(width), QString::number(height)); }

QString pictureCountText(int count) {
    // One is a sentence of its own: the source text then reads well without an English catalogue.
    return count == 1 ? Words::tr("1 picture") : Words::tr("%n pictures", nullptr, count);
}

QString bestOfText(int candidates) {
    //: of candidates that are drawn, one is kept
    return candidates > 1 ? Words::tr("best of %1").arg(QLocale().toString(candidates)) : QString();
}

QString failureDetail(const inference::Error& error) {
    return QString::fromLatin1(inference::to_string(error.code)) + QStringLiteral(": ") + QString::fromStdString(error.detail);
}

}  // namespace ui
