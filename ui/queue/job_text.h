// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "app/jobs/job.h"

namespace ui {

/// What a job is about: its prompt in one line, or that it has none.
QString jobTitle(const app::Job& job);

/// Where it stands, in one line: "Waiting · 4 pictures · best of 8 · 128 × 128", "48 % · about 3 s left", "2 pictures in 4.1 s".
QString jobStatus(const app::Job& job);

/// "about 3 s left", "about 2 min left"; empty when it is not known.
QString remainingText(double remaining_ms);

/// "4.1 s", "2 min 5 s".
QString durationText(double elapsed_ms);

QString percentText(double fraction);
QString sizeText(int width, int height);
QString pictureCountText(int count);
QString bestOfText(int candidates);  ///< "best of 4"; empty for one

/// The failure with its code, for a report: "io: no space left on device".
QString failureDetail(const inference::Error& error);

}  // namespace ui
