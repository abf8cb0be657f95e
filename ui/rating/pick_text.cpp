// SPDX-License-Identifier: Apache-2.0
#include "ui/rating/pick_text.h"

#include <QCoreApplication>
#include <algorithm>

namespace ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::Rating)
};
}  // namespace

QString pickText(app::PickAnswer answer) {
    switch (answer) {
    case app::PickAnswer::picked: return Words::tr("Picked");
    case app::PickAnswer::rejected: return Words::tr("Rejected");
    case app::PickAnswer::taken_back: break;
    }
    return {};
}

QString predictedText(const app::Opinion& opinion, const QLocale& locale) {
    const auto tenth = [&locale](double value) { return locale.toString(value, 'f', 1); };
    //: %1: what the user would give, such as 4.2; %2: how far off that may be, such as 0.6
    return Words::tr("Predicted %1 ± %2 stars").arg(tenth(std::clamp(opinion.stars, 1.0, 5.0)), tenth(opinion.deviation));
}

}  // namespace ui
