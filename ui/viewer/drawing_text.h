// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace app {
struct Job;
struct LivePreview;
}  // namespace app

namespace ui {

class Comparison;

/// What is known of the drawing under way.
struct DrawingState {
    const app::Job* job = nullptr;           ///< never null
    const app::LivePreview* live = nullptr;  ///< of this job; null before its first step
    bool model_loaded = false;
    double load_fraction = -1.0;  ///< of the model; below 0: not known
};

/// "Picture 2 of 4 · Step 12 of 25 · best of 8 · about 3 s left", "Loading the model · 40 %".
QString drawingText(const DrawingState& state);
/// "Before", "After", or how far the other one is: "Drawing it without your taste · 40 %".
QString comparisonText(const Comparison& comparison);
double drawingFraction(const DrawingState& state);  ///< 0 to 1; below 0: not known

}  // namespace ui
