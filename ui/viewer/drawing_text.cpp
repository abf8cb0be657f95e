// SPDX-License-Identifier: Apache-2.0
#include "ui/viewer/drawing_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include "app/generation/generation_service.h"
#include "app/jobs/job.h"
#include "ui/queue/job_text.h"
#include "ui/viewer/comparison.h"

namespace ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::Drawing)
};
QString number(int value) { return QLocale().toString(value); }
}  // namespace

QString drawingText(const DrawingState& state) {
    QStringList parts;
    if (state.job->state == app::JobState::waiting && !state.model_loaded) {
        parts.append(Words::tr("Loading the model"));
        if (state.load_fraction >= 0) parts.append(percentText(state.load_fraction));
    } else if (state.live && state.live->num_steps > 0) {
        const int pictures = state.job->request.num_images;
        const int together = qMax(1, static_cast<int>(state.live->images.size()));
        const int first = state.live->first_image + 1;
        if (pictures > 1 && together > 1) {
            const int last = qMin(pictures, first + together - 1);
            if (together < pictures) parts.append(Words::tr("Pictures %1 to %2 of %3").arg(number(first), number(last), number(pictures)));
        } else if (pictures > 1) {
            parts.append(Words::tr("Picture %1 of %2").arg(number(qMin(first, pictures)), number(pictures)));
        }
        parts.append(Words::tr("Step %1 of %2").arg(number(state.live->step), number(state.live->num_steps)));
        parts.append(bestOfText(state.job->request.candidates));
        parts.append(remainingText(state.job->remaining_ms));
    } else {
        parts.append(Words::tr("Starting"));
    }
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString comparisonText(const Comparison& comparison) {
    if (comparison.state() != Comparison::State::waiting) return comparison.showsBefore() ? Words::tr("Before") : Words::tr("After");
    const app::Job* job = comparison.job();
    const bool without = comparison.otherIsBefore();
    if (!job || job->state != app::JobState::running)
        return without ? Words::tr("Waits to be drawn without your taste") : Words::tr("Waits to be drawn with your taste");
    return (without ? Words::tr("Drawing it without your taste") : Words::tr("Drawing it with your taste")) + QStringLiteral(" · ") +
        percentText(job->fraction);
}

double drawingFraction(const DrawingState& state) {
    if (state.job->state == app::JobState::waiting) return state.model_loaded ? -1.0 : state.load_fraction;
    return state.job->fraction;
}

}  // namespace ui
