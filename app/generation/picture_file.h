// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/jobs/job.h"

#include <QString>

namespace app {

/// A few words of a prompt for a file name: lower-case ASCII letters, digits and hyphens; "picture" when nothing is
/// left.
QString slugOf(const QString& prompt);

/// "20261124-153012-three-strawberries-s12345-7-0.png": when the job was queued, its prompt, the image's own seed (the
/// first of its candidates'), the job and the image's number. The same image of the same job always gets the same name, so that one that is drawn
/// again after a crash replaces its file instead of joining it; the job's number keeps all others apart.
QString pictureFileName(const Job& job, int index);

}  // namespace app
