// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/training_run.h"

#include <QByteArray>

namespace app {

/// What an adapter says about itself, as JSON: base, ratings, config, seed, measures with intervals, the strength that was folded into it.
QByteArray adapterManifest(const TrainingInputs& inputs, const TrainingOutcome& outcome);

/// The measures of a run, accepted or not: what is stored with the job.
QByteArray measuresJson(const TrainingOutcome& outcome);

}  // namespace app
