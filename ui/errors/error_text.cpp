// SPDX-License-Identifier: Apache-2.0
#include "ui/errors/error_text.h"

#include <QCoreApplication>

#include "app/engine/candidate_judge.h"

namespace ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::ErrorText)
};

/// The first line of the detail, short enough for a sentence.
QString shortDetail(const inference::Error& error) {
    constexpr int longest = 160;
    QString detail = QString::fromStdString(error.detail).section(QLatin1Char('\n'), 0, 0).simplified();
    if (detail.size() > longest) detail = detail.left(longest - 1) + QChar(0x2026);
    return detail;
}

}  // namespace

ErrorText errorText(const inference::Error& error) {
    // The one refusal of a request that no value of it explains.
    if (error == app::nobodyJudges()) {
        return {Words::tr("Fuselight does not know your taste yet, so it cannot choose the best of several candidates."),
                Words::tr("Rate more pictures, or draw each image once.")};
    }
    const QString detail = shortDetail(error);
    switch (error.code) {
    case inference::ErrorCode::cancelled: return {Words::tr("Drawing was stopped."), {}};
    case inference::ErrorCode::invalid_request:
        return {detail.isEmpty() ? Words::tr("This picture cannot be drawn as it is set.")
                                 : Words::tr("This picture cannot be drawn as it is set (%1).").arg(detail),
                Words::tr("Change that value, then generate again.")};
    case inference::ErrorCode::model_not_found:
        return {Words::tr("A part of the model is missing."), Words::tr("Start Fuselight again with its set-up, which fetches what is missing.")};
    case inference::ErrorCode::unsupported_model:
        return {Words::tr("This model is of a kind that this version cannot run."), Words::tr("Choose another model, or update Fuselight.")};
    case inference::ErrorCode::corrupt_file:
        return {Words::tr("A file is damaged and cannot be read."), Words::tr("Use another copy of the file. This one was left as it is.")};
    case inference::ErrorCode::out_of_memory:
        return {detail.isEmpty() ? Words::tr("This picture needs more memory than is free.")
                                 : Words::tr("This picture needs more memory than is free (%1).").arg(detail),
                Words::tr("Choose a smaller size or fewer images at once, or close other programs.")};
    case inference::ErrorCode::device_unavailable:
        return {Words::tr("The graphics card cannot be used."), Words::tr("Check its driver, or draw on the processor.")};
    case inference::ErrorCode::io:
        return {Words::tr("A file could not be read or written."),
                Words::tr("Check that the disk has room and the folder allows writing, then try again.")};
    case inference::ErrorCode::internal:
        return {Words::tr("Something went wrong inside Fuselight."), Words::tr("Try again. If it comes back, copy the details into a report.")};
    }
    return {Words::tr("Something went wrong inside Fuselight."), {}};
}

QString errorLine(const inference::Error& error) {
    const ErrorText text = errorText(error);
    return text.next_step.isEmpty() ? text.sentence : QString(text.sentence + QLatin1Char(' ') + text.next_step);
}

}  // namespace ui
